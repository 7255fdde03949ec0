/** How long a proof counts that a service refuses its list of models without a key, in milliseconds. */
const PROOF_MS = 24 * 60 * 60 * 1_000;

/** Most endpoints that are remembered. A process has a few; a hostile list of connections could have many. */
const MAX_ENDPOINTS = 1_000;

/** An endpoint, with what else decides how it answers a request without a key. */
export interface Endpoint {
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What probes remember about services, so that they do not repeat a call. It contains no key, and nothing of it is
 * stored: the next process may meet another version of the service.
 */
export class ProbeMemory {
  /** The end of each proof, in epoch milliseconds. Kept from run to run. */
  readonly #proofs: Map<string, number>;
  /** Kept from run to run. */
  readonly #withoutThinking: Set<string>;
  /** The answers of this run. */
  readonly #asked = new Map<string, Promise<boolean>>();

  /** @param earlier the memory of the run before, in a process that makes several */
  constructor(earlier?: ProbeMemory) {
    this.#proofs = earlier === undefined ? new Map() : earlier.#proofs;
    this.#withoutThinking = earlier === undefined ? new Set() : earlier.#withoutThinking;
  }

  /**
   * Whether an endpoint refuses its list without a key. It is asked once in a run. A refusal is remembered for a day, so
   * that a gateway does not log one every minute; any other answer proves nothing and is asked for again in the next run.
   *
   * @param now epoch milliseconds
   */
  async isGuarded(endpoint: Endpoint, now: number, ask: () => Promise<boolean>): Promise<boolean> {
    const id = idOf(endpoint);
    if ((this.#proofs.get(id) ?? 0) > now) return true;
    const answer = this.#asked.get(id) ?? ask();
    this.#asked.set(id, answer);
    const isGuarded = await answer;
    if (isGuarded) remember(this.#proofs, () => this.#proofs.set(id, now + PROOF_MS));
    return isGuarded;
  }

  /** Whether a model of an endpoint is called without the field `thinking`, because the service has refused it. */
  omitsThinking(endpoint: Endpoint, model: string): boolean {
    return this.#withoutThinking.has(idOf(endpoint, model));
  }

  omitThinking(endpoint: Endpoint, model: string): void {
    remember(this.#withoutThinking, () => this.#withoutThinking.add(idOf(endpoint, model)));
  }
}

function idOf({ baseUrl, headers = {} }: Endpoint, model?: string): string {
  return JSON.stringify([baseUrl, Object.entries(headers).toSorted(), model]);
}

function remember(all: Map<string, number> | Set<string>, add: () => void): void {
  if (all.size >= MAX_ENDPOINTS) all.clear();
  add();
}
