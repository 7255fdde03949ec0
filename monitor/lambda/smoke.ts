import { setTimeout as sleep } from "node:timers/promises";
import type { Deadline } from "./deadline.ts";
import { type ReadSecret, SecretUnreadableError } from "./secrets.ts";

/** First and longest wait, in milliseconds. A new role's permissions take effect within about ten seconds. */
const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 4_000;

/** Reads a secret as often as the deadline allows: at a deployment the function's role is seconds old. */
export function patiently(read: ReadSecret, deadline: Deadline): ReadSecret {
  return async (arn) => {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
      try {
        return await read(arn);
      } catch (error) {
        // The last error is to be told, so the waiting ends before the run does.
        const isLast = deadline.remainingMs < 2 * waitMs;
        if (!(error instanceof SecretUnreadableError) || !error.mayPass || isLast) throw error;
      }
      await sleep(waitMs);
    }
  };
}
