import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { onInterruption } from "../../examples/demo/engine/interruption.ts";
import type { Bench } from "./figure.ts";
import { buildPlugins } from "./plugin/bundles.ts";
import { previews } from "./plugin/previews.ts";
import { start } from "./plugin/start.ts";

/** Measures the plugin for the other languages: its start, and previews on the real engine. */
export const plugin: Bench = async (progress) => {
  const folder = mkdtempSync(join(tmpdir(), "bench-plugin-"));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  const withdraw = onInterruption(removeFolder);
  const before = loadText();
  try {
    progress("bundling our plugin and the compared ones");
    await buildPlugins(folder);
    const figures = [await start(folder, progress), ...(await previews(folder, progress))];
    return { figures, details: `The load average was ${before} before, and ${loadText()} after the measurements.` };
  } finally {
    removeFolder();
    withdraw();
  }
};

/** The machine's load average over the last 1, 5 and 15 minutes. */
function loadText(): string {
  return loadavg()
    .map((load) => load.toFixed(2))
    .join(", ");
}
