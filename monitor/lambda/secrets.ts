import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../provider/deepseek/retry.ts";
import type { Deadline } from "./deadline.ts";
import { SecretUnreadableError } from "./secret-problems.ts";

/** A secret's current version. */
export interface Secret {
  readonly value: string;
  /** When this version was stored. */
  readonly createdAt: Date;
}

/**
 * Reads a secret by its ARN or, if it is in the function's own account and Region, by its name. It throws only
 * `SecretUnreadableError`.
 */
export type ReadSecret = (secret: string) => Promise<Secret>;

/** How long a secret is cached, in milliseconds: after a rotation, the old key is used at most this long. */
const LIFETIME_MS = 5 * 60 * 1_000;

interface Entry {
  readonly secret: Promise<Secret>;
  readonly readAt: number;
  /** Whether the request is still in flight. */
  pending: boolean;
}

/** Caches the secrets of an execution environment, in memory only. Failures are not cached. */
export class SecretCache {
  readonly #read: ReadSecret;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(read: ReadSecret, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  /** Returns the secret, which can be up to five minutes old. */
  get(id: string): Promise<Secret> {
    const entry = this.#entries.get(id);
    return entry !== undefined && this.#isFresh(entry) ? entry.secret : this.reread(id);
  }

  /** Reads the secret again. Connections that share it and ask at the same time share one request. */
  reread(id: string): Promise<Secret> {
    const known = this.#entries.get(id);
    if (known?.pending) return known.secret;
    const secret = this.#read(id);
    const entry: Entry = { secret, readAt: this.#clock.now(), pending: true };
    this.#entries.set(id, entry);
    secret.then(
      () => {
        entry.pending = false;
      },
      () => this.#entries.delete(id),
    );
    return secret;
  }

  #isFresh({ readAt, pending }: Entry): boolean {
    return pending || this.#clock.now() - readAt < LIFETIME_MS;
  }
}

/** First and longest pause, in milliseconds. A new role's permissions take effect within about ten seconds. */
const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 4_000;

/** Retries reading a secret until the deadline, because at a deployment the function's role is only seconds old. */
export function patiently(read: ReadSecret, deadline: Deadline): ReadSecret {
  return async (id) => {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
      try {
        return await read(id);
      } catch (error) {
        // The waiting ends before the run does, so that the last error can be reported.
        const isLast = deadline.remainingMs < 2 * waitMs;
        if (!(error instanceof SecretUnreadableError) || !error.mayPass || isLast) throw error;
      }
      await sleep(waitMs);
    }
  };
}
