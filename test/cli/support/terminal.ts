import { fileURLToPath } from "node:url";
import { type CommandResult, type Environment, runCommand } from "../../../examples/demo/engine/command.ts";
import { findPython } from "../../support/python.ts";
import { environment, program } from "./run.ts";

const script = fileURLToPath(new URL("terminal.py", import.meta.url));

/**
 * Runs `pulumi-deepseek` on a terminal. `stdout` contains both streams. For a signal, the exit code is 128 plus its number,
 * as in a shell.
 *
 * @param typed the text that a user types after another text was shown
 */
export async function onTerminal(
  parameters: readonly string[],
  env: Environment = {},
  typed = { after: "", text: "" },
): Promise<CommandResult> {
  return runCommand(await findPython(process.env), [script, process.execPath, program, ...parameters], {
    // Simulates a user's terminal. With CI set, Node detects no colours (tty.WriteStream.getColorDepth).
    env: environment({ TERM: "xterm-256color", CI: undefined, ...env }),
    input: `${typed.after}\n${typed.text}`,
  });
}
