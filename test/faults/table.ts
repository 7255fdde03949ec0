import { table } from "../../cli/terminal.ts";

export interface Row {
  readonly name: string;
  readonly expected: string;
  readonly got: string;
  readonly seconds: number;
}

/** One line a case; what differs stands out. */
export function tableOf(rows: readonly Row[]): string {
  return table(
    [" ", "case", "expected", "got", "time"],
    rows.map(({ name, expected, got, seconds }) => [
      got === expected ? " " : "!",
      name,
      expected,
      got,
      `${seconds.toFixed(1)} s`,
    ]),
  );
}
