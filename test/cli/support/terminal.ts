import { fileURLToPath } from "node:url";
import { type CommandResult, type Environment, runCommand } from "../../../examples/demo/engine/command.ts";
import { findPython } from "../../support/python.ts";
import { environment, program } from "./run.ts";

const script = fileURLToPath(new URL("terminal.py", import.meta.url));

/**
 * Runs `pulumi-deepseek` on a terminal. What it shows, on both streams, is in `stdout`. A signal is 128 and its number, as
 * in a shell.
 *
 * @param typed what a person types, once a text was shown
 */
export async function onTerminal(
  parameters: readonly string[],
  env: Environment = {},
  typed = { after: "", text: "" },
): Promise<CommandResult> {
  return runCommand(await findPython(process.env), [script, process.execPath, program, ...parameters], {
    // A person sits there. In CI, Node believes no terminal to have colours (tty.WriteStream.getColorDepth).
    env: environment({ TERM: "xterm-256color", CI: undefined, ...env }),
    input: `${typed.after}\n${typed.text}`,
  });
}
