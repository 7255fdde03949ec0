/** The results of one suite: a project in vitest.config.mts. */
export interface SuiteSummary {
  readonly name: string;
  readonly files: number;
  /** The sum over its files. Files run in parallel, so a run takes less. */
  readonly seconds: number;
  readonly passed: number;
  readonly skipped: number;
  /** The failures, each with its reason. */
  readonly failures: readonly string[];
}

/** The results of one run of Vitest. */
export interface RunSummary {
  readonly seconds: number;
  readonly suites: readonly SuiteSummary[];
  /** Failures outside of tests. */
  readonly failures: readonly string[];
}

/** A command that CI has run. */
export interface Outcome {
  /** The command line, such as `npm test`. */
  readonly command: string;
  readonly exitCode: number;
  /** For a command that runs tests: the summary of its reporter, or `missing` if it did not finish. */
  readonly summary?: RunSummary | "missing";
}

/** Returns the last lines of CI's log: each suite with its counts and seconds, each failure with its reason, and the result. */
export function conclude(outcomes: readonly Outcome[]): { readonly text: string; readonly failed: number } {
  const runs = outcomes.map((outcome) => ({ ...outcome, failures: failuresOf(outcome) }));
  const failures = runs.flatMap(({ failures }) => failures);
  const suites = runs.flatMap(({ summary }) => (typeof summary === "object" ? summary.suites : []));
  const passed = suites.reduce((sum, suite) => sum + suite.passed, 0);
  return {
    failed: failures.length,
    text: [
      ...linesOf([["command", "suite", "files", "passed", "failed", "seconds"], ...runs.flatMap(rowsOf)]),
      "",
      ...failures.map((failure) => `FAILED ${failure}`),
      `${passed} passed, ${failures.length} failed`,
    ].join("\n"),
  };
}

function failuresOf({ command, exitCode, summary }: Outcome): readonly string[] {
  const ended = `${command}: ended with exit code ${exitCode}; its output is above`;
  if (summary === undefined) return exitCode === 0 ? [] : [ended];
  if (summary === "missing") return [`${ended}, and it has no summary: it broke off before its end`];
  const failures = [...summary.failures, ...summary.suites.flatMap((suite) => suite.failures)];
  // CI must run every test, so a skipped test counts as a failure.
  const skipped = summary.suites
    .filter((suite) => suite.skipped > 0)
    .map(({ name, skipped }) => `${command}, ${name}: ${skipped} tests were skipped, and CI runs every one`);
  const empty = summary.suites.length === 0 ? [`${command}: it ran no tests`] : [];
  const all = [...failures, ...skipped, ...empty];
  return all.length === 0 && exitCode !== 0 ? [ended] : all;
}

function rowsOf({ command, summary }: Outcome & { readonly failures: readonly string[] }): readonly string[][] {
  if (typeof summary !== "object") return [];
  const rows = summary.suites.map(({ name, files, passed, failures, seconds }) =>
    [command, name, files, passed, failures.length, Math.round(seconds)].map(String),
  );
  return [...rows, [command, "all, side by side", "", "", "", String(Math.round(summary.seconds))]];
}

/** Aligns columns. Uses no code of the package, since its build may have failed. */
function linesOf(rows: readonly (readonly string[])[]): readonly string[] {
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widthOf(column) + 2))
      .join("")
      .trimEnd(),
  );
}
