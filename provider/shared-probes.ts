import * as pulumi from "@pulumi/pulumi";
import type { CallRecord } from "./deepseek/exchange.ts";
import { type ProbeRequest, type ProbeResult, probe, requestFingerprint } from "./deepseek/probe.ts";
import { ProbeMemory } from "./deepseek/probe-memory.ts";
import { systemClock } from "./deepseek/retry.ts";
import { currentRun } from "./pulumi-internals.ts";

/** Milliseconds of waiting after which a message says what the program is waiting for. */
const PATIENCE_MS = 2_000;

/** State that the connections of one run of a program share. */
interface Run {
  /** Probes by the fingerprints of their requests. */
  readonly probes: Map<string, Promise<ProbeResult>>;
  readonly memory: ProbeMemory;
  /** How many connections will fail their check. */
  failing: number;
}

const runs = new WeakMap<object, Run>();

export function thisRun(): Run {
  const id = currentRun();
  const run = runs.get(id) ?? { probes: new Map(), memory: new ProbeMemory(), failing: 0 };
  runs.set(id, run);
  return run;
}

/** Makes a probe, or returns the one that this run has already made for the same request. */
export function probeOnce(request: ProbeRequest): Promise<ProbeResult> {
  const { probes, memory } = thisRun();
  const id = requestFingerprint(request);
  const shared = probes.get(id) ?? patiently(request, memory);
  probes.set(id, shared);
  return shared;
}

/** Waits until every probe of this run has ended, including those that start in the meantime. */
export async function allProbes(): Promise<void> {
  const { probes } = thisRun();
  let ended = 0;
  while (ended < probes.size) {
    ended = probes.size;
    await Promise.all(probes.values());
  }
}

async function patiently(request: ProbeRequest, memory: ProbeMemory): Promise<ProbeResult> {
  const { host: name } = new URL(request.baseUrl);
  const timer = setTimeout(() => {
    void pulumi.log.info(`Waiting for ${name} …`, undefined, undefined, true);
  }, PATIENCE_MS);
  try {
    // Loaded on first use: `check` and `diff` usually make no calls, and loading undici takes longer than they do.
    const { undiciHttp } = await import("./deepseek/http-undici.ts");
    return await probe(request, undiciHttp, record, systemClock, memory);
  } finally {
    clearTimeout(timer);
  }
}

/** Lines of the audit trail that were not sent yet. */
const trail: string[] = [];

/**
 * The audit trail: one line for each call, which `pulumi up --debug` shows. The lines of calls that end at the same
 * time are sent to the engine together, because sending a message takes about as much work as a call.
 */
function record(call: CallRecord): void {
  if (trail.push(`deepseek call ${JSON.stringify(call)}`) > 1) return;
  setImmediate(() => void pulumi.log.debug(trail.splice(0).join("\n")));
}
