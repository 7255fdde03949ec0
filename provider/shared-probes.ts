import * as pulumi from "@pulumi/pulumi";
import { requestFingerprint } from "./core/inputs.ts";
import type { CallRecord } from "./deepseek/exchange.ts";
import { type ProbeRequest, type ProbeResult, probe } from "./deepseek/probe.ts";

/** After how many milliseconds of waiting a line says what is waited for. */
const PATIENCE_MS = 2_000;

/** What the connections of one run of a program share. */
interface Run {
  /** Its probes, by their requests' fingerprints. */
  readonly probes: Map<string, Promise<ProbeResult>>;
  /** How many of its connections will fail their check. */
  failing: number;
}

/**
 * The runs of this process. A run is told by its connection to the engine's resource monitor, since inline
 * programs (Pulumi's Automation API) run many times in one process; the host of dynamic providers has none and lives for
 * one command.
 */
const runs = new WeakMap<object, Run>();
const host = {};

export function thisRun(): Run {
  const id = pulumi.runtime.getMonitor() ?? host;
  const run = runs.get(id) ?? { probes: new Map(), failing: 0 };
  runs.set(id, run);
  return run;
}

/** Makes a probe, or shares the one that this run has made of the same connection: one key is asked once. */
export function probeOnce(request: ProbeRequest): Promise<ProbeResult> {
  const { probes } = thisRun();
  const id = requestFingerprint(request);
  const shared = probes.get(id) ?? patiently(request);
  probes.set(id, shared);
  return shared;
}

/** Waits until every probe that was started in this run has ended, those included that are started meanwhile. */
export async function allProbes(): Promise<void> {
  const { probes } = thisRun();
  let settled = 0;
  while (settled < probes.size) {
    settled = probes.size;
    await Promise.all(probes.values());
  }
}

async function patiently(request: ProbeRequest): Promise<ProbeResult> {
  const { host: name } = new URL(request.baseUrl);
  const timer = setTimeout(() => {
    void pulumi.log.info(`Waiting for ${name} …`, undefined, undefined, true);
  }, PATIENCE_MS);
  try {
    // Loaded on first use: `check` and `diff` mostly make no call, and undici takes longer to load than they take.
    const { undiciHttp } = await import("./deepseek/http-undici.ts");
    return await probe(request, undiciHttp, record);
  } finally {
    clearTimeout(timer);
  }
}

/** Lines of the audit trail that are still to be sent. */
const trail: string[] = [];

/**
 * The audit trail: one line a call, which `pulumi up --debug` shows. The lines of calls that end together go to the engine
 * together, since each message to it takes about as long as a call's own work.
 */
function record(call: CallRecord): void {
  if (trail.push(`deepseek call ${JSON.stringify(call)}`) > 1) return;
  setImmediate(() => void pulumi.log.debug(trail.splice(0).join("\n")));
}
