import { spawn } from "node:child_process";
import { once } from "node:events";
import { onInterruption } from "../../../examples/demo/engine/interruption.ts";
import type { Figure } from "../figure.ts";
import { bundleIn } from "./bundles.ts";
import { measurePairs, pairFigure } from "./pairs.ts";

const PAIRS = 21;
const MAX_OF_EMPTY = 2;

/** Measures the start of our plugin beside that of a gRPC service without any method. @param folder of the bundles */
export async function start(folder: string, progress: (line: string) => void): Promise<Figure> {
  progress(`${PAIRS} pairs of starts`);
  const timeOf = (name: "deepseek" | "empty") => () => time(bundleIn(folder, name));
  // The first pair fills the disk cache.
  await measurePairs(1, timeOf("deepseek"), timeOf("empty"));
  const pairs = await measurePairs(PAIRS, timeOf("deepseek"), timeOf("empty"));
  return pairFigure({
    topic: "start of the plugin",
    of: "until it has printed its port",
    unit: "ms",
    pairs,
    other: "empty gRPC service",
    most: MAX_OF_EMPTY,
  });
}

/**
 * Measures the time from the start of a plugin's process to the line with its port, in milliseconds. Node.js is started
 * without the launcher, whose time would make the ratio of two plugins smaller.
 */
async function time(bundle: string): Promise<number> {
  const started = performance.now();
  // The parameter is the address of an engine. Nobody listens there, and the plugin sends nothing before it is called.
  const plugin = spawn(process.execPath, [bundle, "127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
  const withdraw = onInterruption(() => plugin.kill("SIGKILL"));
  const exited = once(plugin, "exit");
  try {
    const isServing = await Promise.race([once(plugin.stdout, "data").then(() => true), exited.then(() => false)]);
    const elapsed = performance.now() - started;
    if (!isServing) throw new Error(`${bundle} ended before it printed its port.`);
    return elapsed;
  } finally {
    plugin.kill();
    await exited;
    withdraw();
  }
}
