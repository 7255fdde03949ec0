import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { bundleDirectory } from "../../../dist/monitor/lambda/bundle.js";
import { connectionsOf, type Figure, type Limit } from "../figure.ts";
import { measureTogether, type Together } from "../lambda.ts";
import { startBenchSandbox } from "../sandbox.ts";
import { type Scrape, scrape } from "./blackbox.ts";
import { dealt, keyOf, keysOf, MONITOR, shardsOf } from "./events.ts";
import { bareProgram, monitorProgram } from "./programs.ts";

const LATENCY_MS = 300;
/** The number of connections that a run of the function probes in parallel. */
const AT_ONCE = 50;
/** The function's memory. */
const MAX_RSS_MEGABYTES = 256;
/** Limit of the CPU time of a call, as a multiple of the exporter's. */
const MAX_OF_EXPORTER = 1.25;

interface Size {
  readonly connections: number;
  /**
   * There is one run for each shard, as the schedules start them. Lambda runs them in parallel, each in a separate process with
   * a share of a CPU. Here this number of warm processes run them one after another: the same work, with a longer wall time.
   */
  readonly processes: number;
  /** Limits as multiples of the time and CPU of the same calls without our code. With few connections the start dominates. */
  readonly maxOfBare: { readonly wall: number; readonly cpu: number };
}

const sizes: readonly Size[] = [
  { connections: 1, processes: 1, maxOfBare: { wall: 2, cpu: 1.5 } },
  { connections: 100, processes: 1, maxOfBare: { wall: 1.5, cpu: 1.5 } },
  { connections: 1_000, processes: 1, maxOfBare: { wall: 1.5, cpu: 1.5 } },
  { connections: 10_000, processes: 8, maxOfBare: { wall: 1.5, cpu: 1.5 } },
];

/** The monitor's run and the compared ones. */
interface Taken {
  readonly ours: Together;
  readonly modelsOnly: Together;
  readonly bare: Together;
  readonly exporter: Scrape;
}

const names = {
  modelsOnly: "ours with testCall 'models', 2 calls",
  exporter: "blackbox_exporter, 1 call",
  bare: "bare fetch, 3 calls",
} as const;

/** Measures runs of the real bundle with 1 to 10,000 connections to a service that takes 300 ms for each call. */
export async function fleet(progress: (line: string) => void): Promise<readonly Figure[]> {
  const sandbox = await startBenchSandbox(LATENCY_MS);
  const worker = new Worker(new URL("../secrets-worker.ts", import.meta.url));
  const [secrets] = await once(worker, "message");
  const taken = new Map<Size, Taken>();
  for (const size of sizes) {
    const shards = await shardsOf(size.connections, sandbox.url, worker);
    const run = async (testCall: "chat" | "models") => {
      const environment = {
        ...secrets.environment,
        MONITOR_NAME: MONITOR,
        MONITOR_SHARDS: String(shards.length),
        MONITOR_TEST_CALL: testCall,
        MONITOR_DETAIL: "fleet",
        MONITOR_GAUGES: "",
        BENCH_BUNDLE: join(bundleDirectory(), "index.js"),
      };
      return measureTogether(monitorProgram, environment, dealt(shards, size.processes));
    };
    const bareInputs = dealt(keysOf(size.connections), size.processes).map((keys) => ({ url: sandbox.url, keys }));
    const ours = await run("chat");
    const modelsOnly = await run("models");
    const bare = await measureTogether(bareProgram, {}, bareInputs);
    const atOnce = Math.min(AT_ONCE * size.processes, size.connections);
    const exporter = await scrape(sandbox.url, keyOf(0), size.connections, atOnce, progress);
    for (const { said } of [ours, modelsOnly, bare]) requireAll(size.connections, said);
    taken.set(size, { ours, modelsOnly, bare, exporter });
    const seconds = Object.entries({ ours, modelsOnly, bare, exporter }).map(
      ([name, { wallSeconds, cpuSeconds }]) => `${name} ${wallSeconds.toFixed(1)} s, CPU ${cpuSeconds.toFixed(1)} s`,
    );
    progress(`${nameOf(size)}: ${seconds.join("; ")}`);
  }
  await Promise.all([sandbox.stop(), worker.terminate()]);
  return figuresOf(taken);
}

function figuresOf(taken: ReadonlyMap<Size, Taken>): readonly Figure[] {
  const all = (
    topic: string,
    unit: string,
    value: (usage: Scrape, calls: number, size: Size) => number,
    limit: (size: Size, values: { readonly ours: number; readonly bare: number; readonly exporter: number }) => Limit,
  ): Figure[] =>
    [...taken].map(([size, { ours, modelsOnly, bare, exporter }]) => {
      const own = value(ours, 3, size);
      const ofExporter = value(exporter, 1, size);
      const ofBare = value(bare, 3, size);
      return {
        topic: `monitor, ${LATENCY_MS} ms a call: ${topic}`,
        of: nameOf(size),
        unit,
        ours: own,
        beside: [
          { name: names.modelsOnly, value: value(modelsOnly, 2, size) },
          { name: names.exporter, value: ofExporter },
          { name: names.bare, value: ofBare },
        ],
        limit: limit(size, { ours: own, bare: ofBare, exporter: ofExporter }),
      };
    });
  const perCall = all(
    "CPU of a call",
    "ms",
    ({ cpuSeconds }, calls, { connections }) => (1_000 * cpuSeconds) / (connections * calls),
    (_, { ours, exporter }) => ({ kind: "ratio", to: names.exporter, ratio: ours / exporter, most: MAX_OF_EXPORTER }),
  );
  return [
    ...all(
      "wall",
      "s",
      ({ wallSeconds }) => wallSeconds,
      ({ maxOfBare }, { ours, bare }) => ({ kind: "ratio", to: names.bare, ratio: ours / bare, most: maxOfBare.wall }),
    ),
    ...all(
      "CPU",
      "s",
      ({ cpuSeconds }) => cpuSeconds,
      ({ maxOfBare }, { ours, bare }) => ({ kind: "ratio", to: names.bare, ratio: ours / bare, most: maxOfBare.cpu }),
    ),
    ...[...taken].slice(-1).map(([size, { ours, modelsOnly }]) => longest(size, ours, modelsOnly)),
    // With few connections the start of the process dominates.
    ...perCall.slice(-2),
    ...all(
      "memory of a process",
      "MB",
      ({ maxRssMegabytes }) => maxRssMegabytes,
      () => ({ kind: "value", most: MAX_RSS_MEGABYTES }),
    ),
  ];
}

function longest(size: Size, ours: Together, modelsOnly: Together): Figure {
  const seconds = ({ said }: Together) => Math.max(...reportsOf(said).map(({ longestSeconds }) => longestSeconds));
  return {
    topic: `monitor, ${LATENCY_MS} ms a call: the longest of the runs, each of ${AT_ONCE} connections`,
    of: nameOf(size),
    unit: "s",
    ours: seconds(ours),
    beside: [{ name: names.modelsOnly, value: seconds(modelsOnly) }],
    // The bare calls are not grouped into runs.
    limit: { kind: "none" },
  };
}

function nameOf({ connections, processes }: Size): string {
  const count = connectionsOf(connections);
  return processes === 1 ? count : `${count} in ${connections / AT_ONCE} runs, ${processes} at a time`;
}

/** The reports of the programs. */
function reportsOf(said: readonly unknown[]): readonly { readonly valid: number; readonly longestSeconds: number }[] {
  return said as ReturnType<typeof reportsOf>;
}

function requireAll(connections: number, said: readonly unknown[]): void {
  const valid = reportsOf(said).reduce((sum, each) => sum + each.valid, 0);
  if (valid !== connections) throw new Error(`${valid} of ${connections} connections were found valid.`);
}
