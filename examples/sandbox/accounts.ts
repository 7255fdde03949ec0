import type { Call } from "./answers.ts";
import type { ScenarioName } from "./scenarios.ts";

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
