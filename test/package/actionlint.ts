import { fileURLToPath } from "node:url";
import { type CommandResult, runCommand } from "../../examples/demo/engine/command.ts";
import { ensureGoTool } from "../support/go-tool.ts";

/** What actionlint (github.com/rhysd/actionlint) says of workflows: nothing, and code 0, if all is well. */
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
  // It would also ask ShellCheck and Pyflakes, where a machine has them: another result on another machine.
  const flags = ["-no-color", "-oneline", "-shellcheck=", "-pyflakes="];
  return runCommand(tool, [...flags, ...files], { env: process.env });
}
