import { setTimeout as sleep } from "node:timers/promises";

/** The time, and how it passes between two attempts of a call: a rehearsal has a clock of its own. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves when so many milliseconds have passed. */
  sleep(milliseconds: number): Promise<unknown>;
}

/** This machine's clock. */
export const systemClock: Clock = { now: Date.now, sleep: (milliseconds) => sleep(milliseconds) };
