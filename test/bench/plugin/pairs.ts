import type { Figure } from "../figure.ts";
import { median, ratios } from "../statistics.ts";

/** The values of several pairs of measurements, in the same order. */
interface Pairs {
  readonly ours: readonly number[];
  readonly others: readonly number[];
}

/**
 * Measures two things in turns. Which one is first changes from pair to pair, so that a steady change of the machine's
 * load favours neither.
 *
 * @param done called after each pair
 */
export async function measurePairs(
  count: number,
  measureOurs: () => Promise<number>,
  measureOther: () => Promise<number>,
  done: (ours: number, other: number) => void = () => {},
): Promise<Pairs> {
  const ours: number[] = [];
  const others: number[] = [];
  for (let pair = 0; pair < count; pair++) {
    const isOursFirst = pair % 2 === 1;
    const first = isOursFirst ? await measureOurs() : await measureOther();
    const second = isOursFirst ? await measureOther() : await measureOurs();
    const [our, other] = isOursFirst ? [first, second] : [second, first];
    ours.push(our);
    others.push(other);
    done(our, other);
  }
  return { ours, others };
}

/** A figure with the medians of the pairs. @param most limit of the median of the ratios; absent: none */
export function pairFigure({
  pairs,
  other,
  most,
  ...rest
}: Pick<Figure, "topic" | "of" | "unit"> & {
  readonly pairs: Pairs;
  readonly other: string;
  readonly most?: number;
}): Figure {
  const { ours, others } = pairs;
  return {
    ...rest,
    ours: median(ours),
    beside: [{ name: other, value: median(others) }],
    limit:
      most === undefined ? { kind: "none" } : { kind: "ratio", to: other, ratio: median(ratios(ours, others)), most },
  };
}
