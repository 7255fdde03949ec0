import * as pulumi from "@pulumi/pulumi";
import type { CallRecord } from "./deepseek/exchange.ts";
import { type ProbeRequest, type ProbeResult, probe, requestFingerprint } from "./deepseek/probe.ts";
import { currentRun } from "./pulumi-internals.ts";

/** After how many milliseconds of waiting a line says what is waited for. */
const PATIENCE_MS = 2_000;

/** What the connections of one run of a program share. */
interface Run {
  /** Its probes, by their requests' fingerprints. */
  readonly probes: Map<string, Promise<ProbeResult>>;
  /** How many of its connections will fail their check. */
  failing: number;
}

const runs = new WeakMap<object, Run>();

export function thisRun(): Run {
  const id = currentRun();
  const run = runs.get(id) ?? { probes: new Map(), failing: 0 };
  runs.set(id, run);
  return run;
}

/** Makes a probe, or shares the one that this run has made of the same connection: one key is checked once. */
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
  let ended = 0;
  while (ended < probes.size) {
    ended = probes.size;
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
