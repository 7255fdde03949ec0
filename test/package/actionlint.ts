import { fileURLToPath } from "node:url";
import { type CommandResult, runCommand } from "../../examples/demo/engine/command.ts";
import { ensureGoTool } from "../support/go-tool.ts";

/** Runs actionlint (github.com/rhysd/actionlint) on workflows. It prints nothing and exits with 0 if there are no problems. */
export async function actionlint(files: readonly string[]): Promise<CommandResult> {
  const tool = await ensureGoTool(
    {
      name: "actionlint",
      purpose: "The tests of the workflows",
      module: fileURLToPath(new URL("go", import.meta.url)),
      from: "github.com/rhysd/actionlint",
      source: "github.com/rhysd/actionlint/cmd/actionlint",
      versionVariable: "github.com/rhysd/actionlint.version",
    },
    console.log,
  );
  // Without ShellCheck and Pyflakes, which not every machine has, so that the result is the same everywhere.
  const flags = ["-no-color", "-oneline", "-shellcheck=", "-pyflakes="];
  return runCommand(tool, [...flags, ...files], { env: process.env });
}
