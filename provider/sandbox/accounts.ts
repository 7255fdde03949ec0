import { createHash } from "node:crypto";
import type { Call } from "./question.ts";
import type { ScenarioName } from "./scenarios.ts";

/**
 * A made-up key that is the same on every machine, so that a program, a test and a running sandbox can use it without
 * passing it around. It has the format of DeepSeek's own keys: `sk-` and 32 lowercase hex digits.
 */
export function sandboxKey(label: string): string {
  return `sk-${createHash("sha256").update(`deepseek sandbox key: ${label}`).digest("hex").slice(0, 32)}`;
}

/** Masks a key, or a header that contains one: shows the last four characters, or none of a short text. */
export function maskKey(secret: string): string {
  return secret.length < 16 ? "****" : `****${secret.slice(-4)}`;
}

interface Account {
  readonly scenario: ScenarioName;
  /** Requests so far, for scenarios in which only the first request fails. */
  readonly calls: Record<Call, number>;
}

/** The scenario of each key. */
export class Accounts {
  readonly #accounts = new Map<string, Account>();
  readonly #defaultScenario: ScenarioName;

  /** A key without a scenario gets the default one. */
  constructor(defaultScenario: ScenarioName) {
    this.#defaultScenario = defaultScenario;
  }

  /** Sets the key's scenario, which starts from its beginning. */
  use(key: string, scenario: ScenarioName): Account {
    const account = { scenario, calls: { models: 0, balance: 0, chat: 0 } };
    this.#accounts.set(key, account);
    return account;
  }

  /** Counts a request. Returns the key's scenario and the number of its requests of this call so far. */
  count(key: string, call: Call): { scenario: ScenarioName; nth: number } {
    const account = this.#accounts.get(key) ?? this.use(key, this.#defaultScenario);
    account.calls[call] += 1;
    return { scenario: account.scenario, nth: account.calls[call] };
  }
}
