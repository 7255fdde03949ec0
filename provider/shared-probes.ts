import type { CallRecord } from "./deepseek/exchange.ts";
import { type ProbeRequest, type ProbeResult, probe, requestFingerprint } from "./deepseek/probe.ts";
import { ProbeMemory } from "./deepseek/probe-memory.ts";
import { systemClock } from "./deepseek/retry.ts";

/** Milliseconds of waiting after which a message says what the deployment is waiting for. */
const PATIENCE_MS = 2_000;

/** Where messages about probes go. */
export interface ProbeLog {
  readonly waiting: (text: string) => void;
  /** Receives lines of the audit trail, which `pulumi up --debug` shows. */
  readonly trail: (lines: string) => void;
}

/** The probes of one run. Connections with the same request share one, and the run can wait for all of them. */
export class SharedProbes {
  readonly #log: ProbeLog;
  /** By the fingerprints of their requests. */
  readonly #probes = new Map<string, Promise<ProbeResult>>();
  readonly #memory = new ProbeMemory();
  /** Lines of the audit trail that were not sent yet. */
  readonly #trail: string[] = [];

  constructor(log: ProbeLog) {
    this.#log = log;
  }

  /** Makes a probe, or returns the one that was already made for the same request. */
  once(request: ProbeRequest): Promise<ProbeResult> {
    const id = requestFingerprint(request);
    const shared = this.#probes.get(id) ?? this.#patiently(request);
    this.#probes.set(id, shared);
    return shared;
  }

  /** Waits until every probe has ended, including those that start in the meantime. */
  async all(): Promise<void> {
    let ended = 0;
    while (ended < this.#probes.size) {
      ended = this.#probes.size;
      await Promise.all(this.#probes.values());
    }
  }

  async #patiently(request: ProbeRequest): Promise<ProbeResult> {
    const { host: name } = new URL(request.baseUrl);
    const timer = setTimeout(() => this.#log.waiting(`Waiting for ${name} …`), PATIENCE_MS);
    try {
      // Loaded on first use: often no calls are made, and loading undici takes longer than all the rest.
      const { undiciHttp } = await import("./deepseek/http-undici.ts");
      return await probe(request, undiciHttp, (call) => this.#record(call), systemClock, this.#memory);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * The audit trail: one line for each call. The lines of calls that end at the same time are sent to the engine together,
   * because sending a message takes about as much work as a call.
   */
  #record(call: CallRecord): void {
    if (this.#trail.push(`deepseek call ${JSON.stringify(call)}`) > 1) return;
    setImmediate(() => this.#log.trail(this.#trail.splice(0).join("\n")));
  }
}
