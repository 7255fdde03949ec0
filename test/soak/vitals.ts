import { readdirSync } from "node:fs";

/** Memory and handles of a process at one time. */
export interface Vitals {
  /** Minutes since the start of the soak, by its own clock. */
  readonly minute: number;
  readonly heapMegabytes: number;
  readonly rssMegabytes: number;
  /** Timers, sockets and other resources that keep Node's event loop alive. */
  readonly resources: number;
  /** Open files and sockets; 0 except on Linux. */
  readonly files: number;
}

/** Needs `--expose-gc`, since only the heap after a collection shows leaks. */
export function takeVitals(minute: number): Vitals {
  if (globalThis.gc === undefined) throw new Error("Run this with node --expose-gc.");
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  return {
    minute,
    heapMegabytes: heapUsed / 1e6,
    rssMegabytes: rss / 1e6,
    resources: process.getActiveResourcesInfo().length,
    files: openFiles(),
  };
}

function openFiles(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}

/** The allowed growth between the third quarter and the last, as a share and as an amount. The larger one applies. */
const slack = {
  heapMegabytes: { share: 0.03, amount: 0.6 },
  // The process gets memory from the system in large steps, and keeps it.
  rssMegabytes: { share: 0.12, amount: 30 },
  resources: { share: 0.1, amount: 8 },
  files: { share: 0.1, amount: 8 },
} as const;

type Figure = keyof typeof slack;

const figures = Object.keys(slack) as readonly Figure[];

export interface Trend {
  readonly figure: Figure;
  readonly before: number;
  readonly after: number;
  readonly isFlat: boolean;
}

/**
 * Compares the last quarter with the third. The first half is the warm-up: the largest replies, which come together by
 * chance, decide how much memory the process keeps.
 */
export function trendsOf(samples: readonly Vitals[]): readonly Trend[] {
  const quarter = (index: number) =>
    samples.slice(Math.floor((index * samples.length) / 4), Math.ceil(((index + 1) * samples.length) / 4));
  return figures.map((figure) => {
    const mean = (some: readonly Vitals[]) => some.reduce((sum, vitals) => sum + vitals[figure], 0) / some.length;
    const [before, after] = [mean(quarter(2)), mean(quarter(3))];
    const { share, amount } = slack[figure];
    return { figure, before, after, isFlat: after - before <= Math.max(before * share, amount) };
  });
}
