import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../package.json" with { type: "json" };
import { type Environment, lastLines, runCommand } from "../engine/command.ts";
import { install } from "../engine/install.ts";

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** The oldest Node that the package takes. */
export const oldestNode = manifest.engines.node.replace(">=", "");

/** The folder of the repository's own Node. */
export const ownNode = join(modules, "node", "bin");

/**
 * The oldest Node, made once and kept in `node_modules/.cache`. As a development dependency it would take the place of
 * the other one in `node_modules/.bin`.
 *
 * @returns the folder of its executable
 */
export async function ensureOldestNode(environment: Environment): Promise<string> {
  const target = join(modules, ".cache", `node-${oldestNode}`);
  const bin = (root: string) => join(root, "node_modules", "node", "bin");
  const isThere = (root: string) => access(join(bin(root), "node"));
  const there = await isThere(target).then(
    () => true,
    () => false,
  );
  if (there) return bin(target);
  await install(target, isThere, async ({ root }) => {
    const dependencies = { node: oldestNode };
    // Its script puts the executable of this machine's kind into place.
    const project = { private: true, dependencies, allowScripts: { node: true } };
    await writeFile(join(root, "package.json"), JSON.stringify(project));
    const { code, all } = await runCommand("npm", ["install", "--loglevel=error"], { cwd: root, env: environment });
    if (code !== 0) throw new Error(`Node ${oldestNode} could not be installed:\n${lastLines(all)}`);
  });
  return bin(target);
}
