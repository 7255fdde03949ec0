import { delimiter } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ensureEngine } from "../../../examples/demo/engine/engine.ts";
import { createWorkspace, type Workspace } from "../../../examples/demo/engine/workspace.ts";
import { startHosts } from "../../support/deepseek-host.ts";
import { connectionsOf, type Figure } from "../figure.ts";
import { startBenchSandbox } from "../sandbox.ts";
import { measurePairs, pairFigure } from "./pairs.ts";
import { type PluginName, programOf } from "./programs.ts";

const LATENCY_MS = 300;
const CONNECTIONS = 100;
const MAX_OF_TRIVIAL = 1.1;

interface Case {
  /** The figure's case, after the number of connections. */
  readonly of: string;
  readonly pairs: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Absent: only reported. */
  readonly most?: number;
}

const newConnections: Case = { of: "new", pairs: 11, most: MAX_OF_TRIVIAL };

const unchangedConnections: readonly Case[] = [
  // The engine compares one resource after another, for half a minute. So one pair is enough.
  { of: "unchanged", pairs: 1 },
  { of: "unchanged, with PULUMI_PARALLEL_DIFF", pairs: 3, env: { PULUMI_PARALLEL_DIFF: "true" } },
];

/**
 * Measures previews with our plugin beside those with a trivial one, which is bundled in the same way and answers with
 * the same properties, but only waits for as long as the service takes for one call. So the ratio shows what the rest
 * of our check costs: to load the HTTP client, to connect, to make the calls and to judge the replies.
 *
 * The connections are to DeepSeek's own host, as most are. A probe makes two calls there at once, so it waits no longer
 * than for one. The host is on this machine, behind a proxy, with TLS: what proxy and server compute competes with the
 * engine for the CPU, and counts against us. With the sandbox's own address, by plain http, a run makes one more call,
 * at once with the others.
 *
 * @param folder contains the plugins
 */
export async function previews(folder: string, progress: (line: string) => void): Promise<readonly Figure[]> {
  const engine = await ensureEngine(progress);
  const sandbox = await startBenchSandbox(LATENCY_MS);
  try {
    await using hosts = await startHosts({ "api.deepseek.com": sandbox.url });
    const env = {
      ...hosts.env,
      PATH: [folder, engine.env["PATH"]].join(delimiter),
      BENCH_LATENCY_MS: String(LATENCY_MS),
      BENCH_CONNECTIONS: String(CONNECTIONS),
    };
    const workspaceOf = (plugin: PluginName) =>
      createWorkspace({ engine, env, program: { "index.js": programOf(plugin) } });
    await using ours = await workspaceOf("deepseek");
    await using trivial = await workspaceOf("trivial");

    const measure = async ({ of, pairs, env = {}, most }: Case): Promise<Figure> => {
      progress(`${pairs} pairs of previews of ${CONNECTIONS} ${of}`);
      const measured = await measurePairs(
        pairs,
        () => time(ours, env),
        () => time(trivial, env),
        (our, other) =>
          progress(`  ours ${our.toFixed(2)} s, trivial ${other.toFixed(2)} s: ${(our / other).toFixed(3)} ×`),
      );
      return pairFigure({
        topic: `preview with the plugin, ${LATENCY_MS} ms a call`,
        of: `${connectionsOf(CONNECTIONS)}, ${of}`,
        unit: "s",
        pairs: measured,
        other: "trivial plugin",
        ...(most !== undefined && { most }),
      });
    };

    // The first runs fill the disk cache.
    for (const workspace of [ours, trivial]) await time(workspace, { BENCH_CONNECTIONS: "1" });
    const figures = [await measure(newConnections)];
    progress(`deploying ${CONNECTIONS} connections with each plugin`);
    for (const workspace of [ours, trivial]) await run(workspace, ["up", "--yes", "--skip-preview"]);
    await requireAlike(ours, trivial);
    for (const each of unchangedConnections) figures.push(await measure(each));
    return figures;
  } finally {
    await sandbox.stop();
  }
}

/** Measures a preview, in seconds. */
async function time(workspace: Workspace, env: Readonly<Record<string, string>>): Promise<number> {
  const started = performance.now();
  await run(workspace, ["preview"], env);
  return (performance.now() - started) / 1_000;
}

async function run(workspace: Workspace, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, all } = await workspace.run(words, { env });
  if (code !== 0) throw new Error(`'pulumi ${words.join(" ")}' failed:\n${all}`);
}

/** @throws if the resources of the two plugins differ in their number or in the names of their properties */
async function requireAlike(ours: Workspace, trivial: Workspace): Promise<void> {
  const [our, other] = [await propertiesIn(ours), await propertiesIn(trivial)];
  if (our.length !== CONNECTIONS || !isDeepStrictEqual(our, other)) {
    throw new Error(`The plugins' resources differ: ${JSON.stringify([our[0], other[0]])}.`);
  }
}

/** The names of the inputs and outputs of each resource of a plugin in a workspace. */
async function propertiesIn(workspace: Workspace) {
  const { deployment } = JSON.parse(await workspace.exportStack());
  const resources: readonly { readonly type: string; readonly inputs: object; readonly outputs: object }[] =
    deployment.resources;
  return resources
    .filter(({ type }) => type.endsWith(":DeepSeekConnection"))
    .map(({ inputs, outputs }) => [inputs, outputs].map((properties) => Object.keys(properties).toSorted()));
}
