import { createHash } from "node:crypto";
import type { Call, ScenarioName } from "./scenarios.ts";

/**
 * A made-up key that is the same on every machine, so that a program, a test and a running sandbox can agree on it
 * without passing it around. It has the shape seen of DeepSeek's own keys: `sk-` and 32 lowercase hex digits.
 */
export function sandboxKey(label: string): string {
  return `sk-${createHash("sha256").update(`deepseek sandbox key: ${label}`).digest("hex").slice(0, 32)}`;
}

/** What may be shown of a key, or of a header that carries one: its end, and only if enough stays hidden. */
export function maskKey(secret: string): string {
  return secret.length < 16 ? "****" : `****${secret.slice(-4)}`;
}

interface Account {
  readonly scenario: ScenarioName;
  /** Requests so far, for the scenarios that begin badly and then are well. */
  readonly calls: Record<Call, number>;
}

/** Which key meets which scenario. */
export class Accounts {
  readonly #accounts = new Map<string, Account>();
  readonly #defaultScenario: ScenarioName;

  /** A key that was never given a scenario meets the default one. */
  constructor(defaultScenario: ScenarioName) {
    this.#defaultScenario = defaultScenario;
  }

  /** From now on the key meets this scenario, from its beginning. */
  use(key: string, scenario: ScenarioName): Account {
    const account = { scenario, calls: { models: 0, balance: 0, chat: 0 } };
    this.#accounts.set(key, account);
    return account;
  }

  /** Counts one more request of a key: its scenario, and which request of this call it is. */
  count(key: string, call: Call): { scenario: ScenarioName; nth: number } {
    const account = this.#accounts.get(key) ?? this.use(key, this.#defaultScenario);
    account.calls[call] += 1;
    return { scenario: account.scenario, nth: account.calls[call] };
  }
}
