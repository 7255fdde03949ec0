export interface Row {
  readonly name: string;
  readonly expected: string;
  readonly got: string;
  readonly seconds: number;
}

/** One line a case; what differs stands out. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(({ name, expected, got, seconds }) => [
    got === expected ? " " : "!",
    name,
    expected,
    got,
    `${seconds.toFixed(1)} s`,
  ]);
  const all = [[" ", "case", "expected", "got", "time"], ...lines];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  return all
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
