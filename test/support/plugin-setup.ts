import { fileURLToPath } from "node:url";
import { lastLines, runCommand } from "../../examples/demo/engine/command.ts";
import { root } from "./repository.ts";

/** Builds the plugin that the engine starts. */
export async function setup(): Promise<void> {
  const script = fileURLToPath(new URL("test/package/plugin.ts", root));
  const { code, all } = await runCommand(process.execPath, [script], { env: process.env });
  if (code !== 0) throw new Error(`The plugin could not be built:\n${lastLines(all, 20, 4_000)}`);
}
