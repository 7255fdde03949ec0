import type { ReadSecret, Secret } from "./secrets.ts";

/** How long a secret is kept, in milliseconds: after a rotation the old key lives at most this long here. */
const LIFETIME_MS = 5 * 60 * 1_000;

interface Entry {
  readonly secret: Promise<Secret>;
  readonly readAt: number;
  /** Whether the answer is still awaited. */
  pending: boolean;
}

/** The secrets of an execution environment, in memory alone. A failure is not kept. */
export class SecretCache {
  readonly #read: ReadSecret;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(read: ReadSecret, now: () => number) {
    this.#read = read;
    this.#now = now;
  }

  /** The secret, up to five minutes old. */
  get(arn: string): Promise<Secret> {
    const entry = this.#entries.get(arn);
    return entry !== undefined && this.#isFresh(entry) ? entry.secret : this.reread(arn);
  }

  /** The secret as it is now. Connections that share it and ask at once share one request. */
  reread(arn: string): Promise<Secret> {
    const known = this.#entries.get(arn);
    if (known?.pending) return known.secret;
    const secret = this.#read(arn);
    const entry: Entry = { secret, readAt: this.#now(), pending: true };
    this.#entries.set(arn, entry);
    secret.then(
      () => {
        entry.pending = false;
      },
      () => this.#entries.delete(arn),
    );
    return secret;
  }

  #isFresh({ readAt, pending }: Entry): boolean {
    return pending || this.#now() - readAt < LIFETIME_MS;
  }
}
