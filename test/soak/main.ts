// npm run soak -- --minutes N --hours H: the monitor's bundled function over a fleet with mixed faults. First H hours of
// one-minute runs on a simulated clock (24), then N real minutes at 50 probes a second (30). Prints memory and
// handles of the process meanwhile. Fails if they grow, or if any run has an unexpected result.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundleDirectory } from "../../dist/monitor/lambda/bundle.js";
import { nodeHttp } from "../../dist/provider/deepseek/http-node.js";
import { systemClock } from "../../dist/provider/deepseek/retry.js";
import { Fleet } from "./fleet.ts";
import { type Soak, type SoakResult, soak } from "./soak.ts";
import { trendsOf, type Vitals } from "./vitals.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "30" }, hours: { type: "string", default: "24" } },
});

function readNumber(name: "minutes" | "hours", most: number): number {
  const number = Number(values[name]);
  if (number > 0 && number <= most) return number;
  console.error(`--${name} takes a number above 0, at most ${most}, not '${values[name]}'.`);
  process.exit(2);
}

const minutes = readNumber("minutes", 24 * 60);
const hours = readNumber("hours", 24 * 30);

const service = fork(fileURLToPath(new URL("service.ts", import.meta.url)));
const [serviceUrl] = await once(service, "message");
const fleet = new Fleet((key, scenario) => void service.send({ key, scenario }));
const lambda = await import(join(bundleDirectory(), "index.js"));
const shared = { lambda, http: nodeHttp, fleet, serviceUrl } as const;

const columns: readonly (keyof Vitals)[] = ["minute", "heapMegabytes", "rssMegabytes", "resources", "files"];

function row(cells: readonly (string | number)[]): void {
  const texts = cells.map((cell) => (typeof cell === "number" ? cell.toFixed(1).replace(/\.0$/, "") : cell));
  console.log(texts.map((text) => text.padStart(14)).join(""));
}

async function play(title: string, phase: Omit<Soak, keyof typeof shared | "onLook">): Promise<boolean> {
  console.log(`\n${title}`);
  row(columns);
  const onLook = (vitals: Vitals) => row(columns.map((column) => vitals[column]));
  const result = await soak({ ...shared, ...phase, onLook });
  return report(result);
}

function report({ samples, probes, wrong, longestMs }: SoakResult): boolean {
  const trends = trendsOf(samples);
  for (const { figure, before, after, isFlat } of trends) {
    const text = `${before.toFixed(1)} in the third quarter, ${after.toFixed(1)} in the last`;
    console.log(`${isFlat ? "  ok" : "GROW"} ${figure}: ${text}`);
  }
  console.log(`${wrong.length === 0 ? "  ok" : "BAD "} ${probes} probes, ${wrong.length} runs with another result`);
  for (const line of wrong.slice(0, 5)) console.log(`     ${line}`);
  console.log(`     longest run ${(longestMs / 1_000).toFixed(1)} s`);
  return wrong.length === 0 && trends.every(({ isFlat }) => isFlat);
}

const simulatedRuns = Math.round(hours * 60);
let simulatedNow = Date.UTC(2026, 0, 5);
const simulated = await play(`${hours} hours of one-minute runs, on a simulated clock`, {
  runs: simulatedRuns,
  rotateEvery: 60,
  lookEvery: Math.max(1, Math.floor(simulatedRuns / 24)),
  clock: { now: () => simulatedNow, sleep: async () => {} },
  turn: async () => {
    simulatedNow += 60_000;
  },
  oneByOne: true,
  minuteOf: (run) => run,
});

const realRuns = Math.round(minutes * 60);
const began = performance.now();
const real = await play(`${minutes} real minutes at 50 probes a second`, {
  runs: realRuns,
  // Longer than keys are cached, so that cached and new keys are tested.
  rotateEvery: 400,
  lookEvery: Math.max(1, Math.floor(realRuns / 24)),
  clock: systemClock,
  turn: (run) => delay(Math.max(0, began + run * 1_000 - performance.now())),
  oneByOne: false,
  minuteOf: (run) => run / 60,
});

service.disconnect();
process.exitCode = simulated && real ? 0 : 1;
