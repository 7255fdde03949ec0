import { describe, expect, it } from "vitest";
import { conclude, type RunSummary, type SuiteSummary } from "./summary.ts";

const unit: SuiteSummary = { name: "unit", files: 2, seconds: 61.4, passed: 40, skipped: 0, failures: [] };
const crash: SuiteSummary = { ...unit, name: "crash", seconds: 200, passed: 3 };
const run = (...suites: SuiteSummary[]): RunSummary => ({ seconds: 90, suites, failures: [] });
const checks = { command: "npm run check", exitCode: 0 };

describe("the summary at the end of CI's log", () => {
  it("lists each suite of both runs with its counts and seconds, and ends with the result", () => {
    const { text, failed } = conclude([
      checks,
      { command: "npm test", exitCode: 0, summary: run(unit) },
      { command: "npm run test:nightly", exitCode: 0, summary: run(crash) },
    ]);
    expect(failed).toBe(0);
    expect(text).toMatch(/^npm test +unit +2 +40 +0 +61$/m);
    expect(text).toMatch(/^npm run test:nightly +crash +2 +3 +0 +200$/m);
    expect(text.split("\n").at(-1)).toBe("43 passed, 0 failed");
  });

  it("lists each failure with its reason, and the number of failures", () => {
    const { text, failed } = conclude([
      { command: "npm test", exitCode: 1, summary: run({ ...unit, failures: ["a.test.ts: adds\n    1 is not 2"] }) },
    ]);
    expect(failed).toBe(1);
    expect(text).toContain("FAILED a.test.ts: adds\n    1 is not 2\n40 passed, 1 failed");
  });

  it.each([
    ["checks that fail", { ...checks, exitCode: 2 }, "npm run check: ended with exit code 2"],
    ["a run without a summary, whatever its exit code", { ...checks, summary: "missing" }, "it has no summary"],
    ["a run that fails without a failed test", { ...checks, exitCode: 1, summary: run(unit) }, "exit code 1"],
    ["a run without tests", { ...checks, summary: run() }, "it ran no tests"],
    ["a skipped test", { ...checks, summary: run({ ...unit, skipped: 1 }) }, "unit: 1 tests were skipped"],
    ["an error outside of a test", { ...checks, summary: { ...run(unit), failures: ["x"] } }, "FAILED x"],
  ] as const)("counts as a failure: %s", (_, outcome, expected) => {
    const { text, failed } = conclude([outcome]);
    expect(failed).toBe(1);
    expect(text).toContain(expected);
    expect(text).toMatch(/ passed, 1 failed$/);
  });
});
