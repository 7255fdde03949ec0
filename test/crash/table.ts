import type { TestProject } from "vitest/node";
import { table } from "../../cli/terminal.ts";
import "./case.ts";

/** Has the table printed once, when all files of the project have been run. */
export function setup(project: TestProject): () => void {
  return () => {
    const modules = project.vitest.state.getTestModules().filter((module) => module.project.name === project.name);
    const rows = modules
      .flatMap((module) => [...module.children.allTests()])
      .flatMap((test) => {
        const { crash } = test.meta();
        if (crash === undefined) return [];
        const { allowed, got = `broke off: ${test.result().errors?.[0]?.message}` } = crash;
        // An error may have lines of its own.
        const line = got.replaceAll(/\s+/g, " ");
        const seconds = ((test.diagnostic()?.duration ?? 0) / 1_000).toFixed(1);
        return [[test.fullName.replaceAll(" > ", ": "), expectation(allowed, got), line, `${seconds} s`]];
      });
    if (rows.length > 0) console.log(`\n${table(["case", "expected", "got", "time"], rows)}\n`);
  };
}

/** Where chance decides, the other outcomes would make the table wider than any screen; they matter if it was none of them. */
function expectation(allowed: readonly string[], got: string): string {
  if (allowed.length === 1 || !allowed.includes(got)) return allowed.join(" | ");
  return `${got} (one of ${allowed.length})`;
}
