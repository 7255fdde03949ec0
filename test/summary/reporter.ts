import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Reporter, SerializedError, TestModule, TestSuite } from "vitest/node";
import type { RunSummary, SuiteSummary } from "./summary.ts";

/** Maximum number of lines of a failure's message and diff. The stack trace is in the output of the default reporter. */
const LINES = 12;

/**
 * Writes the results of a run to the file in `SUMMARY_FILE`. `.ci/run` prints them at its end, after all runs, since often
 * only the end of CI's log is visible.
 */
export default class SummaryReporter implements Reporter {
  readonly #begun = performance.now();

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env["SUMMARY_FILE"];
    if (file === undefined) throw new Error("SUMMARY_FILE names no file for the summary.");
    const suites: SuiteSummary[] = [...Map.groupBy(modules, (module) => module.project.name)].map(
      ([name, ofProject]) => ({
        name,
        files: ofProject.length,
        seconds: ofProject.reduce((sum, module) => sum + secondsOf(module), 0),
        ...countsOf(ofProject),
        failures: ofProject.flatMap(failuresOf),
      }),
    );
    const run: RunSummary = {
      seconds: (performance.now() - this.#begun) / 1_000,
      suites,
      failures: unhandled.flatMap((error) => failure("outside of a test", [error])),
    };
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(run));
  }
}

/** The time from the file's import to its last hook. */
function secondsOf(module: TestModule): number {
  const { collectDuration, setupDuration, duration } = module.diagnostic();
  return (collectDuration + setupDuration + duration) / 1_000;
}

function countsOf(modules: readonly TestModule[]): Pick<SuiteSummary, "passed" | "skipped"> {
  const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
  const count = (state: (typeof states)[number]) => states.filter((each) => each === state).length;
  return { passed: count("passed"), skipped: count("skipped") + count("pending") };
}

function failuresOf(module: TestModule): readonly string[] {
  const suites: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  return [
    ...[...module.children.allTests()].flatMap((test) =>
      failure(`${module.relativeModuleId}: ${test.fullName}`, test.result().errors),
    ),
    ...suites.flatMap((suite) => failure(nameOf(suite), suite.errors())),
  ];
}

function nameOf(suite: TestModule | TestSuite): string {
  return suite.type === "module" ? suite.relativeModuleId : `${suite.module.relativeModuleId}: ${suite.fullName}`;
}

function failure(name: string, errors: readonly SerializedError[] = []): string[] {
  if (errors.length === 0) return [];
  const said = stripVTControlCharacters(errors.map(({ message, diff = "" }) => `${message}\n${diff}`).join("\n"));
  const reason = said.trim().split("\n").slice(0, LINES);
  return [[name, ...reason].join("\n    ")];
}
