import type { TestProject } from "vitest/node";
import { resultTable } from "../support/result-table.ts";
import "./case.ts";

/** Prints the table of results once, after all files of the project have run. */
export function setup(project: TestProject): () => void {
  return () => {
    const modules = project.vitest.state.getTestModules().filter((module) => module.project.name === project.name);
    const results = modules
      .flatMap((module) => [...module.children.allTests()])
      .flatMap((test) => {
        const { crash } = test.meta();
        if (crash === undefined) return [];
        const { allowed, got = `the test failed: ${test.result().errors?.[0]?.message}` } = crash;
        return {
          name: test.fullName.replaceAll(" > ", ": "),
          expected: expectation(allowed, got),
          // An error may have several lines.
          got: got.replaceAll(/\s+/g, " "),
          passed: allowed.includes(got),
          milliseconds: test.diagnostic()?.duration ?? 0,
        };
      });
    if (results.length > 0) console.log(`\n${resultTable(results)}\n`);
  };
}

/** Where the outcome depends on chance, all allowed outcomes are shown only if the actual one is not among them. */
function expectation(allowed: readonly string[], got: string): string {
  if (allowed.length === 1 || !allowed.includes(got)) return allowed.join(" | ");
  return `${got} (one of ${allowed.length})`;
}
