import { setTimeout as sleep } from "node:timers/promises";

/**
 * Upper bound of the first wait in milliseconds; it doubles with each further wait. DeepSeek's own client uses the
 * same.
 */
const BASE_DELAY_MS = 500;
/** Upper bound of any wait in milliseconds, unless the service requests a longer one. */
const MAX_DELAY_MS = 10_000;
/**
 * Wait in milliseconds before a call with a rejected key (401) is repeated. During outages, DeepSeek has answered 401
 * to good keys, so a single 401 proves nothing.
 */
const CONFIRM_DELAY_MS = 1_000;

/** Whether to repeat a call: never, once to confirm the outcome, or with growing waits. */
export type Retry = "never" | "confirm" | "backoff";

export interface RetryState {
  readonly retry: Retry;
  /** The number of the attempt that just ended: 1 for the first. */
  readonly attempt: number;
  /** How many attempts ended in a 401, including this one. */
  readonly rejections: number;
  readonly maxAttempts: number;
  /** The wait that the service requested with `Retry-After`, in milliseconds; 0 for none. */
  readonly retryAfterMs: number;
  /** What is left of the total budget, in milliseconds. */
  readonly remainingMs: number;
  /** A number from 0 up to but not including 1. */
  readonly random: number;
}

/**
 * How long to wait before the next attempt, in milliseconds; `undefined` for no further attempt. Exponential backoff
 * with full jitter, at least as long as the service requested, never beyond the budget.
 */
export function delayBeforeRetry(state: RetryState): number | undefined {
  const delay = wantedDelay(state);
  return delay === undefined || delay >= state.remainingMs ? undefined : delay;
}

function wantedDelay(state: RetryState): number | undefined {
  switch (state.retry) {
    case "never":
      return undefined;
    case "confirm":
      // A confirmation is not a retry of a fault: it is made even if maxAttempts is 1.
      return state.rejections < 2 ? CONFIRM_DELAY_MS : undefined;
    case "backoff": {
      if (state.attempt >= state.maxAttempts) return undefined;
      const bound = Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (state.attempt - 1));
      return Math.max(Math.floor(state.random * bound), state.retryAfterMs);
    }
  }
}

/**
 * The total budget of a call with all its attempts and waits, in milliseconds. It has room for at least two attempts,
 * so that a 401 can be confirmed.
 */
export function totalBudgetMs(timeoutMs: number, maxAttempts: number): number {
  return timeoutMs * Math.max(2, maxAttempts);
}

/** Reads a `Retry-After` header, seconds or an HTTP date (RFC 9110, 10.2.3), as milliseconds from now. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const date = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Tells the time and waits between attempts. A rehearsal uses a simulated clock. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after this many milliseconds. */
  sleep(milliseconds: number): Promise<unknown>;
}

/** This machine's clock. */
export const systemClock: Clock = { now: Date.now, sleep: (milliseconds) => sleep(milliseconds) };
