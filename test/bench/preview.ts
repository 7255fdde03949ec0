import { ensureEngine } from "../../examples/demo/engine/engine.ts";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import { startHosts } from "../support/deepseek-host.ts";
import { type Bench, connectionsOf, type Figure } from "./figure.ts";
import { type Kind, programs } from "./preview/programs.ts";
import { startBenchSandbox } from "./sandbox.ts";
import { median, ratios } from "./statistics.ts";

const LATENCY_MS = 300;

interface Size {
  readonly connections: number;
  /** The number of rounds; each runs all programs. */
  readonly rounds: number;
  /** The number of rounds with the sequential check. 1,000 connections take five minutes in each round. */
  readonly inLine: number;
  readonly limit: { readonly to: Kind; readonly most: number };
}

/**
 * One connection gains nothing: both programs wait for one answer, and loading the package and undici takes 0.2 s, which a
 * check with Node's `fetch` does not need.
 */
const sizes: readonly Size[] = [
  { connections: 1, rounds: 5, inLine: 5, limit: { to: "in line", most: 1.5 } },
  { connections: 10, rounds: 5, inLine: 3, limit: { to: "in line", most: 0.9 } },
  { connections: 100, rounds: 7, inLine: 1, limit: { to: "nothing", most: 1.25 } },
  { connections: 1_000, rounds: 3, inLine: 0, limit: { to: "nothing", most: 1.25 } },
];

const names: Readonly<Record<Kind, string>> = {
  connections: "ours",
  nothing: "no check",
  "in line": "check that waits in line",
};

/**
 * Measures what the check adds to a preview. Compares a program with connections to DeepSeek's own host, which is on this
 * machine and answers after 300 ms, each with its own key, with one that checks nothing and one whose check calls the service
 * itself. All resources have the same properties.
 */
export const preview: Bench = async (progress) => {
  const engine = await ensureEngine(progress);
  const sandbox = await startBenchSandbox(LATENCY_MS);
  await using hosts = await startHosts({ "api.deepseek.com": sandbox.url });
  // The check with Node's own `fetch` takes the proxy only if it is told to.
  const env = { ...hosts.env, NODE_USE_ENV_PROXY: "1" };
  const workspaceOf = (kind: Kind) => createWorkspace({ engine, env, program: { "index.js": programs[kind] } });
  await using nothing = await workspaceOf("nothing");
  await using connections = await workspaceOf("connections");
  await using inLine = await workspaceOf("in line");
  const workspaces = { nothing, connections, "in line": inLine };
  // The first runs fill the disk cache.
  for (const workspace of [nothing, connections]) await time(workspace, 1);

  const figures: Figure[] = [];
  for (const size of sizes) {
    const times: Record<Kind, number[]> = { nothing: [], connections: [], "in line": [] };
    for (let round = 0; round < size.rounds; round++) {
      const kinds: Kind[] = ["nothing", "connections", ...(round < size.inLine ? (["in line"] as const) : [])];
      for (const kind of kinds) times[kind].push(await time(workspaces[kind], size.connections));
      const seconds = kinds.map((kind) => `${names[kind]} ${times[kind].at(-1)?.toFixed(2)} s`);
      progress(`${size.connections} connections: ${seconds.join(", ")}`);
    }
    figures.push(figureOf(size, times));
  }
  await sandbox.stop();
  return { figures };
};

function figureOf({ connections, inLine, limit }: Size, times: Readonly<Record<Kind, readonly number[]>>): Figure {
  return {
    topic: `preview, ${LATENCY_MS} ms a call`,
    of: connectionsOf(connections),
    unit: "s",
    ours: median(times.connections),
    beside: [
      { name: names.nothing, value: median(times.nothing) },
      ...(inLine > 0
        ? [{ name: names["in line"], value: median(times["in line"]) }]
        : [{ name: `${names["in line"]}: not run, its answers alone`, value: (connections * LATENCY_MS) / 1_000 }]),
    ],
    limit: {
      kind: "ratio",
      to: names[limit.to],
      ratio: median(ratios(times.connections, times[limit.to])),
      most: limit.most,
    },
  };
}

/** Measures a preview, in seconds. */
async function time(workspace: Workspace, connections: number): Promise<number> {
  const started = performance.now();
  const { code, all } = await workspace.run(["preview"], { env: { BENCH_CONNECTIONS: String(connections) } });
  if (code !== 0) throw new Error(`The preview failed:\n${all}`);
  return (performance.now() - started) / 1_000;
}
