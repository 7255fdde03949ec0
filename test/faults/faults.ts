import type { Toxic, ToxicProxy } from "./proxy.ts";

/** A network fault between our code and a server. */
export interface Fault {
  readonly name: string;
  /** Prepares a proxy so that `strike` works later. */
  readonly prepare?: (proxy: ToxicProxy) => Promise<void>;
  /** Starts the fault, also for open connections. */
  readonly strike: (proxy: ToxicProxy) => Promise<void>;
  /** The fault that the core reports for the attempt in which it starts. Absent if the attempt only takes longer. */
  readonly seenAs?: string;
  /** The fault that the core reports for an attempt that has it from the start. @default seenAs */
  readonly afterwards?: string;
  /** Nothing arrives, so only a deadline ends the attempt. */
  readonly silent?: boolean;
}

/** Longer than any test, in milliseconds. */
const NEVER = 10 ** 7;

const all =
  (...toxics: readonly Toxic[]) =>
  async (proxy: ToxicProxy) => {
    for (const toxic of toxics) await proxy.add(toxic);
  };

const latency = (milliseconds: number, jitter = 0) =>
  all({ type: "latency", attributes: { latency: milliseconds, jitter } });
const bandwidth = (rate: number) => all({ type: "bandwidth", attributes: { rate } });
const timeout = (milliseconds: number) => all({ type: "timeout", attributes: { timeout: milliseconds } });
const slicer = (size: number, delayMs: number) =>
  all({ type: "slicer", attributes: { average_size: size, size_variation: 0, delay: delayMs * 1_000 } });

/** So few bytes that the connection ends during the TLS handshake, the headers or the body. */
const cut: Toxic = { type: "limit_data", attributes: { bytes: 40 } };
const reset: Toxic = { type: "reset_peer", attributes: { timeout: 0 } };

/** Faults that only slow a reply down. */
const survivable: readonly Fault[] = [
  { name: "latency", strike: latency(300) },
  { name: "jitter", strike: latency(200, 200) },
  { name: "bandwidth, 4 kB/s", strike: bandwidth(4) },
  { name: "slow_close", strike: all({ type: "slow_close", attributes: { delay: 2_000 } }) },
  { name: "slicer", strike: slicer(50, 2) },
];

/** Faults that last. */
const fatal: readonly Fault[] = [
  { name: "latency, endless", strike: latency(NEVER), seenAs: "timeout", silent: true },
  { name: "bandwidth, none", strike: bandwidth(0), seenAs: "timeout", silent: true },
  { name: "slicer, endless", strike: slicer(1, 60), seenAs: "timeout", silent: true },
  { name: "timeout", strike: timeout(0), seenAs: "timeout", silent: true },
  { name: "timeout, then closed", strike: timeout(200), seenAs: "reset" },
  {
    name: "slow_close, endless",
    strike: all(cut, { type: "slow_close", attributes: { delay: NEVER } }),
    seenAs: "timeout",
    silent: true,
  },
  // A connection can only be reset if a toxic of this type exists when it is opened, even with toxicity 0.
  { name: "reset_peer", prepare: all({ ...reset, toxicity: 0 }), strike: all(reset), seenAs: "reset" },
  { name: "limit_data", strike: all(cut), seenAs: "reset" },
  { name: "down", strike: (proxy) => proxy.takeDown(), seenAs: "reset", afterwards: "refused" },
];

export const faults: readonly Fault[] = [...survivable, ...fatal];
