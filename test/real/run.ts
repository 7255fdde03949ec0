import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { environment } from "../cli/support/run.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

export interface Verification {
  readonly child: ChildProcessWithoutNullStreams;
  /** The output so far, of both streams. */
  output(): string;
}

/** Starts the script of `npm run verify:real`. @param env added to the environment, which has no key */
export function startVerification(
  env: Readonly<Record<string, string>>,
  parameters: readonly string[] = [],
): Verification {
  const child = spawn(process.execPath, [main, ...parameters], { env: environment(env) });
  // It still runs only after a failure. SIGTERM lets it stop what it started.
  onTestFinished(() => void (child.exitCode === null && child.kill("SIGTERM")));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return { child, output: () => output };
}
