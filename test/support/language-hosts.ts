import { delimiter, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "../../examples/demo/engine/engine.ts";
import { findExecutable, searchPath } from "../../examples/demo/engine/locate.ts";
import { ensureGoTool, type GoTool } from "./go-tool.ts";
import { root } from "./repository.ts";

const sdk = "github.com/pulumi/pulumi/sdk/v3";
const yaml = "github.com/pulumi/pulumi-yaml";

/** What both hosts have in common. */
const common = {
  purpose: "The tests of the plugin",
  // Each starts to serve at once.
  hasVersionFlag: false,
  orElse: "install Pulumi (https://www.pulumi.com/docs/install/), which has it",
} as const;

const moduleOf = (language: string) => fileURLToPath(new URL(`test/plugin/go/language-${language}`, root));

/**
 * The programs of Pulumi that run programs in one language. The official release of the engine contains all of them, but an engine
 * that was built from Go modules has only the one for Node.
 */
const hosts: readonly GoTool[] = [
  {
    ...common,
    name: "pulumi-language-python",
    module: moduleOf("python"),
    from: sdk,
    source: `${sdk}/python/cmd/pulumi-language-python`,
    versionVariable: `${sdk}/go/common/version.Version`,
    script: "python/cmd/pulumi-language-python-exec",
  },
  {
    ...common,
    name: "pulumi-language-yaml",
    module: moduleOf("yaml"),
    from: yaml,
    source: `${yaml}/cmd/pulumi-language-yaml`,
    versionVariable: `${yaml}/pkg/version.Version`,
  },
];

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
      folders.push(dirname(await ensureGoTool(host, progress, engine.env)));
    }
  }
  return folders.join(delimiter);
}
