import { table } from "../../cli/terminal.ts";

/** What a test case expected and got, for a table in the log. */
export interface CaseResult {
  readonly name: string;
  readonly expected: string;
  readonly got: string;
  readonly passed: boolean;
  readonly milliseconds: number;
}

/** Returns a table with one line for each case. An exclamation mark stands before each case that failed. */
export function resultTable(results: readonly CaseResult[]): string {
  return table(
    [" ", "case", "expected", "got", "time"],
    results.map(({ name, expected, got, passed, milliseconds }) => [
      passed ? " " : "!",
      name,
      expected,
      got,
      milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`,
    ]),
  );
}
