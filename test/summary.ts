import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Reporter, SerializedError, TestModule, TestSuite } from "vitest/node";

const FILE = "reports/summary.txt";

/** A failure's message and difference. Its stack trace is in the output of the default reporter. */
const LINES = 12;

/**
 * Writes what the last lines of CI's log must say, since often nobody sees more of it: each failure with its reason, and the
 * numbers. It goes to a file because the tables of some tests are printed after the reporters.
 */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const suites = modules.flatMap((module): (TestModule | TestSuite)[] => [module, ...module.children.allSuites()]);
    const failures = [
      ...tests.flatMap((test) => failure(`${test.module.relativeModuleId}: ${test.fullName}`, test.result().errors)),
      ...suites.flatMap((suite) => failure(nameOf(suite), suite.errors())),
      ...unhandled.flatMap((error) => failure("outside of a test", [error])),
    ];
    const passed = tests.filter((test) => test.result().state === "passed").length;
    mkdirSync(dirname(FILE), { recursive: true });
    writeFileSync(FILE, [...failures, `${passed} passed, ${failures.length} failed\n`].join("\n"));
  }
}

function nameOf(suite: TestModule | TestSuite): string {
  return suite.type === "module" ? suite.relativeModuleId : `${suite.module.relativeModuleId}: ${suite.fullName}`;
}

function failure(name: string, errors: readonly SerializedError[] = []): string[] {
  if (errors.length === 0) return [];
  const said = stripVTControlCharacters(errors.map(({ message, diff = "" }) => `${message}\n${diff}`).join("\n"));
  const reason = said.trim().split("\n").slice(0, LINES);
  return [[`FAILED ${name}`, ...reason].join("\n    ")];
}
