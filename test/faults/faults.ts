import type { Toxic, ToxicProxy } from "./proxy.ts";

/** Something that goes wrong on the way between our code and a server. */
export interface Fault {
  readonly name: string;
  /** What is set on a proxy from the start, for `strike` to work later. */
  readonly prepare?: (proxy: ToxicProxy) => Promise<void>;
  /** Makes it go wrong, also for the connections that are open. */
  readonly strike: (proxy: ToxicProxy) => Promise<void>;
  /** What the core calls it in the attempt in which it strikes. Absent: it only takes longer. */
  readonly seenAs?: string;
  /** The same of an attempt that meets it from the start. @default seenAs */
  readonly afterwards?: string;
  /** Nothing comes, so that only a deadline ends it. */
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

/** Few enough to end in the middle of a TLS handshake, of the headers, or of a body that has begun. */
const cut: Toxic = { type: "limit_data", attributes: { bytes: 40 } };
const reset: Toxic = { type: "reset_peer", attributes: { timeout: 0 } };

/** What is slow, and nothing else. */
const survivable: readonly Fault[] = [
  { name: "latency", strike: latency(300) },
  { name: "jitter", strike: latency(200, 200) },
  { name: "bandwidth, 4 kB/s", strike: bandwidth(4) },
  { name: "slow_close", strike: all({ type: "slow_close", attributes: { delay: 2_000 } }) },
  { name: "slicer", strike: slicer(50, 2) },
];

/** What no patience helps against. */
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
  // That the end shall be a reset is decided when a connection begins, by a toxic of that type, even one for nobody.
  { name: "reset_peer", prepare: all({ ...reset, toxicity: 0 }), strike: all(reset), seenAs: "reset" },
  { name: "limit_data", strike: all(cut), seenAs: "reset" },
  { name: "down", strike: (proxy) => proxy.takeDown(), seenAs: "reset", afterwards: "refused" },
];

export const faults: readonly Fault[] = [...survivable, ...fatal];
