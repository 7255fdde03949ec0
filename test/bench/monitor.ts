// npm run bench:monitor: what the monitor's function weighs and takes. Its size and load time against an empty handler's, in
// turns; one run over 1,000 connections of a service that takes 300 ms a call, against as many bare `fetch` calls; and the
// minutes from a cause to its message, from the rehearsals, against the alarm's own periods.
// Prints a table and fails above a limit.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { bundleDirectory } from "../../dist/monitor/lambda/bundle.js";
import { rehearse, scenarioNames } from "../../dist/monitor/rehearsal/index.js";
import { loadTime, measure, type Usage } from "./lambda.ts";
import { startBenchSandbox } from "./sandbox.ts";
import { median } from "./statistics.ts";

interface Figure {
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  readonly limit: number;
  /** What it is compared with. */
  readonly compared: string;
}

const PAIRS = 21;
const CONNECTIONS = 1_000;
const LATENCY_MS = 300;
const MAX_BYTES = 150_000;
const MAX_LOAD_MS = 25;
const MAX_WALL_SECONDS = 20;
const MAX_RSS_MEGABYTES = 256;
const MAX_CPU_SECONDS = 2.5;

const bundle = join(bundleDirectory(), "index.js");

async function weight(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-monitor-"));
  const empty = join(folder, "index.js");
  writeFileSync(empty, "exports.handler = async () => {};\n");
  const differences: number[] = [];
  const ofEmpty: number[] = [];
  // The first pair warms the disk's cache.
  for (let pair = 0; pair <= PAIRS; pair++) {
    const base = await loadTime(empty);
    const loaded = await loadTime(bundle);
    if (pair === 0) continue;
    ofEmpty.push(base);
    differences.push(loaded - base);
  }
  const emptyBytes = statSync(empty).size;
  rmSync(folder, { recursive: true });
  return [
    {
      what: "size of the bundle",
      measured: statSync(bundle).size / 1_000,
      unit: "kB",
      limit: MAX_BYTES / 1_000,
      compared: `empty handler ${(emptyBytes / 1_000).toFixed(1)} kB`,
    },
    {
      what: "load time beyond an empty handler's",
      measured: median(differences),
      unit: "ms",
      limit: MAX_LOAD_MS,
      compared: `empty handler ${median(ofEmpty).toFixed(1)} ms; median of ${PAIRS} pairs`,
    },
  ];
}

/** Invokes the real bundle once, as Lambda does. */
const monitorProgram = `
  const { handler } = require(process.env.BENCH_BUNDLE);
  const run = async (event) => report(await handler(event, { getRemainingTimeInMillis: () => 60_000 }));
`;

/** The same calls without anything of ours: two at once and then a third, for 50 connections at once. */
const bareProgram = `
  const call = async (url, key, body) => {
    const headers = { authorization: "Bearer " + key, "content-type": "application/json" };
    const response = await fetch(url, { headers, ...(body && { method: "POST", body: JSON.stringify(body) }) });
    return response.json();
  };
  const run = async ({ url, keys }) => {
    const left = [...keys];
    let answered = 0;
    const work = async () => {
      for (let key = left.pop(); key !== undefined; key = left.pop()) {
        await Promise.all([call(url + "/models", key), call(url + "/user/balance", key)]);
        const messages = [{ role: "user", content: "Hi" }];
        await call(url + "/chat/completions", key, { model: "deepseek-flash", messages, max_tokens: 1 });
        answered++;
      }
    };
    await Promise.all(Array.from({ length: 50 }, work));
    report(answered);
  };
`;

async function fleetRun(): Promise<readonly Figure[]> {
  const sandbox = await startBenchSandbox(LATENCY_MS);
  const worker = new Worker(new URL("./secrets-worker.ts", import.meta.url));
  const [secrets] = await once(worker, "message");
  const keys = Array.from({ length: CONNECTIONS }, (_, index) => [`connection-${index}`, keyOf(index)] as const);
  const connections: unknown[] = [];
  // In fleet detail a secret holds the keys of 50 connections.
  for (let shard = 0; shard * 50 < CONNECTIONS; shard++) {
    const secretArn = `arn:aws:secretsmanager:eu-central-1:123456789012:secret:bench/${shard}`;
    const ofShard = keys.slice(shard * 50, (shard + 1) * 50);
    worker.postMessage({ arn: secretArn, value: JSON.stringify(Object.fromEntries(ofShard)) });
    await once(worker, "message");
    connections.push(...ofShard.map(([name]) => ({ name, baseUrl: sandbox.url, secretArn, secretField: name })));
  }
  const environment = {
    ...secrets.environment,
    MONITOR_NAME: "bench",
    MONITOR_TEST_CALL: "chat",
    MONITOR_DETAIL: "fleet",
    MONITOR_GAUGES: "",
    BENCH_BUNDLE: bundle,
  };
  const monitor = await measure(monitorProgram, environment, { shard: "0", connections });
  const bare = await measure(bareProgram, {}, { url: sandbox.url, keys: keys.map(([, key]) => key) });
  await Promise.all([sandbox.stop(), worker.terminate()]);
  const { probed, verdicts } = monitor.said as { probed: number; verdicts: { valid: number } };
  if (probed !== CONNECTIONS || verdicts.valid !== CONNECTIONS || bare.said !== CONNECTIONS) {
    throw new Error(`Not all connections were found valid: ${JSON.stringify(monitor.said)}, ${bare.said}`);
  }
  const figure = (what: string, name: Exclude<keyof Usage, "said">, unit: string, limit: number): Figure => ({
    what: `${CONNECTIONS} connections × 3 calls × ${LATENCY_MS} ms: ${what}`,
    measured: monitor[name],
    unit,
    limit,
    compared: `bare fetch ${bare[name].toFixed(2)} ${unit}`,
  });
  return [
    figure("wall", "wallSeconds", "s", MAX_WALL_SECONDS),
    figure("resident memory", "maxRssMegabytes", "MB", MAX_RSS_MEGABYTES),
    figure("CPU", "cpuSeconds", "s", MAX_CPU_SECONDS),
  ];
}

/** Minutes that a gauge takes to count, and an alarm to be evaluated, beyond its periods. */
const MAX_DELAY_MINUTES = 2;

/** From the cause to the message, for each alarm that a scenario has a cause for. */
async function telling(): Promise<readonly Figure[]> {
  const figures = new Map<string, Figure>();
  for (const scenario of scenarioNames) {
    const { messages, alarms } = await rehearse(scenario);
    for (const { alarm, kind, minutesAfterCause: measured } of messages) {
      const definition = alarms.find(({ name }) => name === alarm)?.definition;
      if (measured === undefined || definition === undefined) continue;
      if (measured <= (figures.get(kind)?.measured ?? -1)) continue;
      const minutes = (definition.datapointsToAlarm * definition.period) / 60;
      figures.set(kind, {
        what: `'${definition.title}' told after, in '${scenario}'`,
        measured,
        unit: "min",
        limit: minutes + MAX_DELAY_MINUTES,
        compared: `its periods alone ${minutes} min`,
      });
    }
  }
  return [...figures.values()];
}

function keyOf(index: number): string {
  return `sk-${createHash("sha256").update(String(index)).digest("hex").slice(0, 32)}`;
}

/** Each measures one thing and gives its figures. */
const benches: readonly (() => Promise<readonly Figure[]>)[] = [weight, fleetRun, telling];

let failed = false;
for (const bench of benches) {
  for (const { what, measured, unit, limit, compared } of await bench()) {
    const isOver = measured > limit;
    failed ||= isOver;
    const value = `${measured.toFixed(2)} ${unit}`.padStart(12);
    console.log(`${isOver ? "OVER" : "  ok"} ${what.padEnd(58)} ${value} (at most ${limit} ${unit}; ${compared})`);
  }
}
process.exitCode = failed ? 1 : 0;
