import { constants } from "node:fs";
import { access, chmod, copyFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lastLines, runCommand } from "../../examples/demo/engine/command.ts";
import type { Engine } from "../../examples/demo/engine/engine.ts";
import { buildGoProgram, findGo, pinnedVersion } from "../../examples/demo/engine/go.ts";
import { ensureInstalled } from "../../examples/demo/engine/install.ts";
import { findExecutable, searchPath } from "../../examples/demo/engine/locate.ts";
import { root } from "./repository.ts";

/**
 * A program of Pulumi that runs programs in one language. The official release of the engine contains all of them, but an engine that was
 * built from Go modules has only the one for Node.
 */
interface LanguageHost {
  readonly name: string;
  /** The folder of the `go.mod` that pins it. */
  readonly module: string;
  /** Its Go module. */
  readonly from: string;
  /** The path of its package in that module. */
  readonly source: string;
  /** The variable with the version, for Go's linker. */
  readonly versionVariable: string;
  /** The path in that module of a script that it needs beside it. */
  readonly script?: string;
}

const sdk = "github.com/pulumi/pulumi/sdk/v3";
const yaml = "github.com/pulumi/pulumi-yaml";
const moduleOf = (language: string) => fileURLToPath(new URL(`test/plugin/go/language-${language}`, root));

const hosts: readonly LanguageHost[] = [
  {
    name: "pulumi-language-python",
    module: moduleOf("python"),
    from: sdk,
    source: "python/cmd/pulumi-language-python",
    versionVariable: `${sdk}/go/common/version.Version`,
    script: "python/cmd/pulumi-language-python-exec",
  },
  {
    name: "pulumi-language-yaml",
    module: moduleOf("yaml"),
    from: yaml,
    source: "cmd/pulumi-language-yaml",
    versionVariable: `${yaml}/pkg/version.Version`,
  },
];

const cache = fileURLToPath(new URL("node_modules/.cache/", root));

/**
 * Finds the language hosts for Python and YAML beside the engine, or builds them once, into `node_modules/.cache`.
 *
 * @param progress receives a line before each slow step
 * @returns the folders to add to the PATH of the engine
 * @throws Error if one cannot be built; the message says why, and what to do
 */
export async function ensureLanguageHosts(engine: Engine, progress: (line: string) => void): Promise<string> {
  const folders: string[] = [];
  // One after another: each build uses all cores.
  for (const host of hosts) {
    if ((await findExecutable(host.name, searchPath(engine.env))) === undefined) {
      folders.push(await build(host, engine, progress));
    }
  }
  return folders.join(delimiter);
}

async function build(host: LanguageHost, { env }: Engine, progress: (line: string) => void): Promise<string> {
  const { name, module, from, source, versionVariable, script } = host;
  const version = await pinnedVersion(module, from);
  const target = join(cache, `${name}-${version}`);
  // It has no command that prints a version and ends.
  const check = (folder: string) => access(join(folder, "bin", name), constants.X_OK);
  try {
    await ensureInstalled(target, check, async ({ root: staging, temporary }) => {
      const go = await findGo(env);
      progress(`Getting ${name} ${version} for the tests (once, about a minute) …`);
      const program = {
        name,
        module,
        source: `${from}/${source}`,
        version: [versionVariable, `v${version}`],
      } as const;
      await buildGoProgram(go, program, join(staging, "bin", name), temporary, env, progress);
      if (script === undefined) return;
      const { code, stdout, all } = await runCommand(go, ["list", "-m", "-f", "{{.Dir}}", from], { cwd: module, env });
      if (code !== 0) throw new Error(lastLines(all));
      const copy = join(staging, "bin", script.slice(script.lastIndexOf("/") + 1));
      await copyFile(join(stdout.trim(), script), copy);
      await chmod(copy, 0o755);
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The tests of the plugin need ${name}, and it could not be built: ${reason}\n` +
        "What to do: install Pulumi (https://www.pulumi.com/docs/install/), which has it; or Go 1.26 (https://go.dev/doc/install).",
      { cause: error },
    );
  }
  return join(target, "bin");
}
