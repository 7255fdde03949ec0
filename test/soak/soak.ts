import { isDeepStrictEqual } from "node:util";
import type { MonitorEnvironment } from "../../monitor/lambda/invocation.ts";
import type { Fleet } from "./fleet.ts";
import { takeVitals, type Vitals } from "./vitals.ts";

type Lambda = typeof import("../../monitor/lambda/index.ts");
type Dependencies = Parameters<Lambda["createHandler"]>[0];

/** The options of a soak. */
export interface Soak {
  readonly lambda: Pick<Lambda, "createHandler" | "SecretUnreadableError">;
  readonly http: Dependencies["http"];
  readonly fleet: Fleet;
  readonly serviceUrl: string;
  /** Runs of the function, one a minute or one a second. */
  readonly runs: number;
  /** Runs between two rotations of all keys. */
  readonly rotateEvery: number;
  /** Runs between two measurements of the process. */
  readonly lookEvery: number;
  readonly clock: Dependencies["clock"];
  /** Called before each run. Resolves at the time of the run. */
  readonly turn: (run: number) => Promise<unknown>;
  /** Whether a run must end before the next one starts. */
  readonly oneByOne: boolean;
  readonly minuteOf: (run: number) => number;
  readonly onLook: (vitals: Vitals) => void;
}

export interface SoakResult {
  readonly samples: readonly Vitals[];
  /** Probed connections, over all runs. */
  readonly probes: number;
  /** Runs with an unexpected result, each with the result. */
  readonly wrong: readonly string[];
  /** Duration of the longest run, in milliseconds. */
  readonly longestMs: number;
}

const environment: Readonly<Partial<Record<keyof MonitorEnvironment, string>>> = {
  MONITOR_NAME: "soak",
  MONITOR_SHARDS: "1",
  MONITOR_TEST_CALL: "chat",
  MONITOR_DETAIL: "connection",
  MONITOR_GAUGES: "RateLimited,Balance,LatencyMs,OldestKeyAgeDays",
};

/** Runs the function repeatedly over a fleet with mixed faults, and measures memory and handles of the process. */
export async function soak(options: Soak): Promise<SoakResult> {
  const { lambda, fleet, runs } = options;
  const handler = lambda.createHandler({
    environment,
    http: options.http,
    readSecret: async (id) => {
      const value = fleet.valueOf(id, options.serviceUrl);
      if (value !== undefined) return { value, createdAt: new Date(options.clock.now()) };
      throw lambda.SecretUnreadableError.of("secret-not-found");
    },
    clock: options.clock,
    print() {},
    log: { info() {}, warn() {}, error() {} },
  });
  const samples: Vitals[] = [];
  const wrong: string[] = [];
  const underWay = new Set<Promise<void>>();
  let longestMs = 0;
  let probes = 0;

  const oneRun = async (run: number) => {
    const started = performance.now();
    try {
      const summary = await handler({ shard: "0" }, { getRemainingTimeInMillis: () => 60_000 });
      const { probed, verdicts } = summary;
      probes += summary.expected;
      if (!isDeepStrictEqual({ probed, verdicts: { ...verdicts } }, fleet.expected)) {
        wrong.push(`run ${run}: ${JSON.stringify({ probed, verdicts })}`);
      }
    } catch (error) {
      wrong.push(`run ${run}: ${error}`);
    }
    longestMs = Math.max(longestMs, performance.now() - started);
  };

  for (let run = 0; run < runs; run++) {
    await options.turn(run);
    if (run > 0 && run % options.rotateEvery === 0) fleet.rotate();
    const done: Promise<void> = oneRun(run).finally(() => underWay.delete(done));
    underWay.add(done);
    if (options.oneByOne) await done;
    if (run % options.lookEvery === 0) {
      const vitals = takeVitals(options.minuteOf(run));
      samples.push(vitals);
      options.onLook(vitals);
    }
  }
  await Promise.all(underWay);
  return { samples, probes, wrong, longestMs };
}
