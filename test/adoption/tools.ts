import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Environment, lastLines, runCommand } from "../../examples/demo/engine/command.ts";
import { ensureInstalled } from "../../examples/demo/engine/install.ts";
import manifest from "../../package.json" with { type: "json" };

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** The oldest supported Node, and the repository's own. */
export const nodeVersions = {
  oldest: manifest.engines.node.replace(">=", ""),
  newest: manifest.devDependencies.node,
} as const;

/** The folder of the repository's own Node. */
export const ownNode = join(modules, "node", "bin");

/*
 * Tools that cannot be development dependencies: a second Node would replace the first in `node_modules/.bin`, and
 * pnpm has optional packages that not every registry has, without which npm's lockfile would be incomplete.
 */
const dependencies = { node: nodeVersions.oldest, pnpm: "12.21.0" };

/** Folders of executables. */
export interface Tools {
  readonly oldestNode: string;
  readonly pnpm: string;
}

/** Installs the tools once, into `node_modules/.cache`. */
export async function ensureTools(environment: Environment): Promise<Tools> {
  const versions = Object.entries(dependencies).map((entry) => entry.join("-"));
  const target = join(modules, ".cache", versions.join("-"));
  const isThere = (root: string) =>
    Promise.all([access(join(inside(root).oldestNode, "node")), access(inside(root).pnpm)]);
  await ensureInstalled(target, isThere, async ({ root }) => {
    // Node's install script selects the executable for this platform. pnpm's script is not needed.
    const project = { private: true, dependencies, allowScripts: { node: true, pnpm: false } };
    await writeFile(join(root, "package.json"), JSON.stringify(project));
    const { code, all } = await runCommand("npm", ["install", "--loglevel=error"], { cwd: root, env: environment });
    if (code !== 0) throw new Error(`${versions.join(" and ")} could not be installed:\n${lastLines(all)}`);
  });
  return inside(target);
}

function inside(root: string): Tools {
  return {
    oldestNode: join(root, "node_modules", "node", "bin"),
    pnpm: join(root, "node_modules", "pnpm"),
  };
}
