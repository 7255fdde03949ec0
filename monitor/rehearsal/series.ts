import type { AlarmDefinition } from "../alarms/definitions.ts";
import { EMF_DELAY_MINUTES } from "./assumptions.ts";
import { keyOf, type MetricId, type Sample } from "./gauges.ts";
import type { Gauge } from "./timeline.ts";

/** What was written of a metric in one minute. */
export interface Minute {
  readonly minute: number;
  readonly values: number[];
}

/** Everything that was written, by metric and minute: what CloudWatch keeps. */
export class Series {
  readonly #minutes = new Map<string, Minute[]>();
  readonly #ids = new Map<string, MetricId>();

  /** @param minute the minute in which the sample's timestamp lies, counted from the rehearsal's beginning */
  add({ name, dimensions, values }: Sample, minute: number): void {
    const key = keyOf({ name, dimensions });
    this.#ids.set(key, { name, dimensions });
    const minutes = this.#minutes.get(key) ?? [];
    this.#minutes.set(key, minutes);
    const last = minutes.at(-1);
    if (last?.minute === minute) last.values.push(...values);
    else minutes.push({ minute, values: [...values] });
  }

  /** Everything from minute 0 on, metric by metric, minute by minute. */
  gauges(): readonly Gauge[] {
    return [...this.#ids].map(([key, id]) => ({
      ...id,
      points: (this.#minutes.get(key) ?? [])
        .filter(({ minute }) => minute >= 0)
        .map(({ minute, values }) => ({
          minute,
          minimum: statistics.Minimum(values),
          maximum: statistics.Maximum(values),
          average: statistics.Average(values),
        })),
    }));
  }

  /** What was written of a metric so far; the oldest minute first. */
  of(id: MetricId): readonly Minute[] {
    return this.#minutes.get(keyOf(id)) ?? [];
  }
}

/**
 * The statistic over the minutes `from` up to but not including `to`, of what counts at the minute `seenAt`; `undefined` if
 * there is nothing.
 */
export function statisticOf(
  written: readonly Minute[],
  statistic: AlarmDefinition["statistic"],
  { from, to, seenAt }: { readonly from: number; readonly to: number; readonly seenAt: number },
): number | undefined {
  const newest = Math.min(to - 1, seenAt - 1 - EMF_DELAY_MINUTES);
  // What an alarm looks at lies at the end.
  const last = written.findLastIndex(({ minute }) => minute <= newest);
  const beforeFirst = written.findLastIndex(({ minute }) => minute < from);
  const values = written.slice(beforeFirst + 1, last + 1).flatMap((minute) => minute.values);
  return values.length === 0 ? undefined : statistics[statistic](values);
}

const maximum = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value));
const minimum = (values: readonly number[]) => values.reduce((least, value) => Math.min(least, value));

const statistics: Readonly<Record<AlarmDefinition["statistic"], (values: readonly number[]) => number>> = {
  Maximum: maximum,
  Minimum: minimum,
  Average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Range: (values) => maximum(values) - minimum(values),
};
