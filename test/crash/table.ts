import type { TestProject } from "vitest/node";
import { table } from "../../provider/cli/table.ts";
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
        const got = crash.got ?? `broke off: ${test.result().errors?.[0]?.message}`;
        const seconds = ((test.diagnostic()?.duration ?? 0) / 1_000).toFixed(1);
        // An error may have lines of its own.
        return [[test.fullName.replaceAll(" > ", ": "), crash.expected, got.replaceAll(/\s+/g, " "), `${seconds} s`]];
      });
    if (rows.length > 0) console.log(`\n${table(["case", "expected", "got", "time"], rows)}\n`);
  };
}
