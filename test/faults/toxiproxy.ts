import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { lastLines } from "../engine/command.ts";
import { freePort } from "../engine/free-port.ts";
import { ensureGoTool, type GoTool } from "../engine/go-tool.ts";
import { ToxicProxy } from "./proxy.ts";

export const toxiproxyTool: GoTool = {
  name: "toxiproxy",
  purpose: "The tests of faults",
  module: fileURLToPath(new URL("go", import.meta.url)),
  from: "github.com/Shopify/toxiproxy/v2",
  command: "cmd/server",
  versionVariable: ".Version",
};

/** A running toxiproxy, which listens on this machine only. */
export interface Toxiproxy extends AsyncDisposable {
  /** Where it takes orders. */
  readonly url: string;
  /** A new proxy in front of a server on this machine. */
  proxy(port: number): Promise<ToxicProxy>;
}

/** Toxiproxy does not notice that its parent is gone. The shell does: its input ends, however the parent has ended. */
const untilInputEnds = '"$@" & read -r _; kill -KILL $!; wait';

/**
 * Starts toxiproxy, and has it built first where that was never done.
 *
 * @throws if it does not come up, with its last words.
 */
export async function startToxiproxy(progress: (line: string) => void): Promise<Toxiproxy> {
  const server = await ensureGoTool(toxiproxyTool, progress);
  const port = await freePort();
  const command = ["-c", untilInputEnds, "sh", server, "-host", "127.0.0.1", "-port", String(port)];
  // Nothing of this process's environment but the PATH. Detached, so that Ctrl-C is not its concern but its parent's.
  const env = { PATH: process.env["PATH"], LOG_LEVEL: "warn" };
  const shell = spawn("sh", command, { env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
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
  const url = `http://127.0.0.1:${port}`;
  try {
    for (const deadline = Date.now() + 30_000; !(await answers(url)); await delay(50)) {
      const failed = shell.exitCode !== null || said.includes("Server finished with error");
      if (failed || Date.now() > deadline) throw new Error(`toxiproxy did not start:\n${lastLines(said)}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, proxy: (upstream) => ToxicProxy.create(url, upstream), [Symbol.asyncDispose]: stop };
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(`${url}/version`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok === true;
}
