import { fileURLToPath } from "node:url";
import { type CommandResult, type Environment, runCommand } from "../../../examples/demo/engine/command.ts";

/** The file of the command. */
export const program = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

export interface RunOptions {
  /** Added to the environment; see `environment`. */
  readonly env?: Environment;
  /** The program's standard input. */
  readonly input?: string;
  readonly cwd?: string;
}

/** Runs `pulumi-deepseek` to its end. */
export function pulumiDeepseek(parameters: readonly string[], options: RunOptions = {}): Promise<CommandResult> {
  return runNode([program, ...parameters], options);
}

/** Runs Node with a program. */
export function runNode(parameters: readonly string[], { env, ...options }: RunOptions = {}): Promise<CommandResult> {
  // A program that hangs must not outlive its test.
  const signal = AbortSignal.timeout(50_000);
  return runCommand(process.execPath, parameters, { ...options, env: environment(env), signal });
}

/** The tests' environment with these changes, and without the developer's own key, colour settings and proxy. */
export function environment(changes: Environment = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/_proxy$|_color$|^deepseek_/i.test(name));
  return { ...Object.fromEntries(inherited), ...changes };
}
