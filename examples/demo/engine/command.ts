import { spawn } from "node:child_process";
import { once } from "node:events";
import { onInterruption } from "./interruption.ts";
import { killFamily } from "./processes.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandOptions {
  readonly cwd?: string;
  readonly env: Environment;
  /** The command's standard input. Pass secrets here, since `ps` would show them among the arguments. */
  readonly input?: string | undefined;
  /** Kills the command and all its descendants. */
  readonly signal?: AbortSignal | undefined;
}

export interface CommandResult {
  /** The exit code; `null` if the command was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they arrived. */
  readonly all: string;
}

/** Thrown when a signal such as Ctrl-C ended a command: the person wants to stop, so do not try anything else. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/**
 * Runs a command to its end and collects its output. Throws only if it cannot be started or this process is
 * interrupted. Kills all processes that the command leaves running.
 */
export async function runCommand(
  file: string,
  parameters: readonly string[],
  { cwd, env, input = "", signal }: CommandOptions,
): Promise<CommandResult> {
  // Detached: the command gets its own session, by which `killFamily` finds its descendants.
  const child = spawn(file, parameters, { cwd, env, detached: true });
  // A command that ends without reading its input breaks the pipe. The exit code is enough to report that.
  child.stdin.on("error", () => {}).end(input);
  const output = { stdout: "", stderr: "", all: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      output.all += text;
    });
  }

  let interrupted = false;
  const kill = () => {
    if (child.pid !== undefined) killFamily(child.pid);
  };
  const withdraw = onInterruption(() => {
    interrupted = true;
    kill();
  });
  signal?.addEventListener("abort", kill);
  if (signal?.aborted) kill();
  // A surviving process would keep the pipes open, and 'close' would never be emitted.
  child.on("exit", kill);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (interrupted) throw new InterruptedError(`Interrupted: ${file} was stopped.`);
    return { code, ...output };
  } finally {
    signal?.removeEventListener("abort", kill);
    withdraw();
  }
}

/** The last lines of an output, for a message about a command that failed. */
export function lastLines(text: string, lines = 5, characters = 600): string {
  const end = text.trim().split("\n").slice(-lines).join("\n");
  return end.length > characters ? `…${end.slice(-characters)}` : end;
}
