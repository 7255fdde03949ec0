import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { bundleDirectory } from "../../../dist/monitor/lambda/bundle.js";
import { certify } from "../../support/deepseek-host.ts";
import { connectionsOf, type Figure, type Limit } from "../figure.ts";
import { measureTogether, type Together } from "../lambda.ts";
import { startBenchSandbox } from "../sandbox.ts";
import { type Scrape, scrape } from "./blackbox.ts";
import { dealt, keyOf, keysOf, MONITOR, shardsOf } from "./events.ts";
import { bareProgram, monitorProgram, singleUseProgram } from "./programs.ts";

const LATENCY_MS = 300;
/** The number of connections that a run of the function probes in parallel: those of one shard. */
const AT_ONCE = 50;
/** The function's memory. */
const MAX_RSS_MEGABYTES = 256;
/** Limit of the CPU time of a call, as a multiple of the exporter's. */
const MAX_OF_EXPORTER = 1;
/** Limit of the wall-clock time, as a multiple of that of the same calls without our code. */
const MAX_OF_BARE = 1.1;
/** Limit of the CPU time, as a multiple of the same function's with a new connection for each call. */
const MAX_OF_SINGLE_USE = 0.6;

interface Size {
  readonly connections: number;
  /**
   * How often a warm process probes them, one run after another: a warm function serves many runs, and the start of the process
   * would count too much otherwise.
   */
  readonly times: number;
  /**
   * There is one run for each shard, as the schedules start them. Lambda runs them in parallel, each in a separate process with
   * a share of a CPU. Here this number of warm processes run them one after another: the same work, with a longer wall time.
   */
  readonly processes: number;
  /** Whether the wall-clock time has a limit: not where the processes compete for the CPU, of which TLS takes most. */
  readonly isTimed: boolean;
}

const sizes: readonly Size[] = [
  { connections: 50, times: 20, processes: 1, isTimed: true },
  { connections: 500, times: 4, processes: 1, isTimed: true },
  { connections: 1_000, times: 2, processes: 1, isTimed: true },
  { connections: 10_000, times: 1, processes: 8, isTimed: false },
];

/** The monitor's run and the compared ones. */
interface Taken {
  readonly ours: Together;
  readonly modelsOnly: Together;
  /** Absent with 10,000 connections, where the server's handshakes would take longer than everything else. */
  readonly singleUse: Together | undefined;
  readonly bare: Together;
  readonly exporter: Scrape;
}

const names = {
  modelsOnly: "ours with testCall 'models', 2 calls",
  singleUse: "ours with a connection per call",
  exporter: "blackbox_exporter, 1 call",
  bare: "bare fetch, 3 calls",
} as const;

/** Measures runs of the real bundle with 50 to 10,000 connections to a service over TLS that takes 300 ms for each call. */
export async function fleet(progress: (line: string) => void): Promise<readonly Figure[]> {
  const { authority, ...certificate } = await certify(["127.0.0.1"]);
  const folder = mkdtempSync(join(tmpdir(), "bench-fleet-"));
  const authorityFile = join(folder, "authority.pem");
  writeFileSync(authorityFile, authority);
  const trust = { NODE_EXTRA_CA_CERTS: authorityFile };
  const sandbox = await startBenchSandbox(LATENCY_MS, certificate);
  const worker = new Worker(new URL("../secrets-worker.ts", import.meta.url));
  const [secrets] = await once(worker, "message");
  const taken = new Map<Size, Taken>();
  for (const size of sizes) {
    const shards = await shardsOf(size.connections, sandbox.url, worker);
    const run = async (testCall: "chat" | "models", program = monitorProgram) => {
      const environment = {
        ...secrets.environment,
        ...trust,
        MONITOR_NAME: MONITOR,
        MONITOR_SHARDS: String(shards.length),
        MONITOR_TEST_CALL: testCall,
        MONITOR_DETAIL: "fleet",
        MONITOR_GAUGES: "",
        BENCH_BUNDLE: join(bundleDirectory(), "index.js"),
      };
      const all = Array.from({ length: size.times }, () => shards).flat();
      return measureTogether(program, environment, dealt(all, size.processes));
    };
    const keys = Array.from({ length: size.times }, () => keysOf(size.connections)).flat();
    const bareRuns = Array.from({ length: keys.length / AT_ONCE }, (_, run) =>
      keys.slice(run * AT_ONCE, (run + 1) * AT_ONCE),
    );
    const bareInputs = dealt(bareRuns, size.processes).map((runs) => ({ url: sandbox.url, runs }));
    const ours = await run("chat");
    const modelsOnly = await run("models");
    const singleUse = size.processes === 1 ? await run("chat", singleUseProgram) : undefined;
    const bare = await measureTogether(bareProgram, trust, bareInputs);
    const atOnce = Math.min(AT_ONCE * size.processes, size.connections);
    const exporter = await scrape(sandbox.url, keyOf(0), keys.length, atOnce, authorityFile, progress);
    for (const { said } of [ours, modelsOnly, bare, ...(singleUse ? [singleUse] : [])]) requireAll(keys.length, said);
    taken.set(size, { ours, modelsOnly, singleUse, bare, exporter });
    const seconds = Object.entries({ ours, modelsOnly, ...(singleUse && { singleUse }), bare, exporter }).map(
      ([name, { wallSeconds, cpuSeconds }]) => `${name} ${wallSeconds.toFixed(1)} s, CPU ${cpuSeconds.toFixed(2)} s`,
    );
    progress(`${nameOf(size)}: ${seconds.join("; ")}`);
  }
  await Promise.all([sandbox.stop(), worker.terminate()]);
  rmSync(folder, { recursive: true });
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
      const withoutUs = value(bare, 3, size);
      return {
        topic: `monitor, ${LATENCY_MS} ms a call: ${topic}`,
        of: nameOf(size),
        unit,
        ours: own,
        beside: [
          { name: names.modelsOnly, value: value(modelsOnly, 2, size) },
          { name: names.exporter, value: ofExporter },
          { name: names.bare, value: withoutUs },
        ],
        limit: limit(size, { ours: own, bare: withoutUs, exporter: ofExporter }),
      };
    });
  const perCall = all(
    "CPU of a call",
    "ms",
    ({ cpuSeconds }, calls, { connections, times }) => (1_000 * cpuSeconds) / (connections * times * calls),
    (_, { ours, exporter }) => ({ kind: "ratio", to: names.exporter, ratio: ours / exporter, most: MAX_OF_EXPORTER }),
  );
  return [
    ...all(
      "wall",
      "s",
      ({ wallSeconds }) => wallSeconds,
      ({ isTimed }, { ours, bare }) =>
        isTimed ? { kind: "ratio", to: names.bare, ratio: ours / bare, most: MAX_OF_BARE } : { kind: "none" },
    ),
    ...all(
      "CPU",
      "s",
      ({ cpuSeconds }) => cpuSeconds,
      () => ({ kind: "none" }),
    ),
    ...[...taken].slice(-1).map(([size, { ours, modelsOnly }]) => longest(size, ours, modelsOnly)),
    ...perCall,
    ...[...taken].flatMap(([size, { ours, singleUse }]) => ofProbe(size, ours, singleUse)),
    ...all(
      "memory of a process",
      "MB",
      ({ maxRssMegabytes }) => maxRssMegabytes,
      () => ({ kind: "value", most: MAX_RSS_MEGABYTES }),
    ),
  ];
}

/** The CPU time of a probe, against the same function that opens a connection for each call. */
function ofProbe(size: Size, ours: Together, singleUse: Together | undefined): readonly Figure[] {
  if (singleUse === undefined) return [];
  const milliseconds = ({ cpuSeconds }: Together) => (1_000 * cpuSeconds) / (size.connections * size.times);
  const [kept, single] = [milliseconds(ours), milliseconds(singleUse)];
  return [
    {
      topic: `monitor, ${LATENCY_MS} ms a call: CPU of a probe`,
      of: nameOf(size),
      unit: "ms",
      ours: kept,
      beside: [{ name: names.singleUse, value: single }],
      limit: { kind: "ratio", to: names.singleUse, ratio: kept / single, most: MAX_OF_SINGLE_USE },
    },
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

function nameOf({ connections, times, processes }: Size): string {
  const count = times === 1 ? connectionsOf(connections) : `${connectionsOf(connections)}, ${times} runs`;
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
