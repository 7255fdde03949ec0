import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { type Environment, lastLines } from "../../examples/demo/engine/command.ts";

/** A Go server does not notice the end of its parent. The shell does, since its input ends, even if the parent was killed. */
const untilInputEnds = '"$@" & read -r _; kill -KILL $!; wait';

/**
 * Starts a program that serves HTTP until it is stopped or this process ends.
 *
 * @param url is polled with GET until it answers 200
 * @param failure the text that the program prints if it cannot start
 * @param more its environment, in addition to the PATH
 * @returns a function that stops it
 * @throws if it does not start, with the end of its output
 */
export async function startServer(
  name: string,
  command: readonly string[],
  url: string,
  failure: string,
  more: Environment = {},
): Promise<() => Promise<void>> {
  // Only the PATH of this process's environment. Detached, so that only the parent handles Ctrl-C.
  const env = { PATH: process.env["PATH"], LOG_LEVEL: "warn", ...more };
  const shell = spawn("sh", ["-c", untilInputEnds, "sh", ...command], {
    env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2_000);
    });
  }
  const stop = async () => {
    shell.stdin.end();
    if (shell.exitCode === null && shell.signalCode === null) await once(shell, "exit");
  };
  try {
    for (const deadline = Date.now() + 120_000; !(await answers(url)); await delay(50)) {
      const failed = shell.exitCode !== null || said.includes(failure);
      if (failed || Date.now() > deadline) throw new Error(`${name} did not start:\n${lastLines(said)}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok === true;
}
