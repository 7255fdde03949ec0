import type { VerdictKind } from "../../provider/deepseek/verdict.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { freshKey } from "../support/keys.ts";

/** The scenarios of a soak, with the number of connections and the expected verdict. 49 connections have a readable key. */
const mix: readonly (readonly [ScenarioName, number, VerdictKind])[] = [
  ["good", 24, "valid"],
  ["gateway", 2, "valid"],
  ["keep-alive-then-answer", 1, "valid"],
  ["wrong-content-type", 1, "valid"],
  ["wrong-key", 2, "invalid"],
  ["wrong-key-plain", 1, "invalid"],
  ["unfunded", 2, "unfunded"],
  ["unfunded-chat", 1, "unfunded"],
  ["retired-model", 2, "misconfigured"],
  ["not-found", 1, "misconfigured"],
  ["redirect", 1, "misconfigured"],
  ["overloaded", 2, "indeterminate"],
  ["server-error", 1, "indeterminate"],
  ["forbidden", 1, "indeterminate"],
  ["rate-limited", 1, "indeterminate"],
  ["reset", 1, "indeterminate"],
  ["reset-mid-body", 1, "indeterminate"],
  ["blank", 1, "indeterminate"],
  ["not-json", 1, "indeterminate"],
  ["huge", 1, "indeterminate"],
  ["echoing", 1, "indeterminate"],
];

interface Member {
  readonly name: string;
  readonly scenario: ScenarioName;
  key: string;
}

/** The connections of a soak, with their secrets and the expected result of every run. */
export class Fleet {
  readonly #members: readonly Member[];
  readonly #use: (key: string, scenario: ScenarioName) => void;

  /** @param use sets the scenario of a key */
  constructor(use: (key: string, scenario: ScenarioName) => void) {
    this.#use = use;
    this.#members = mix.flatMap(([scenario, count]) =>
      Array.from({ length: count }, (_, index) => {
        const name = `${scenario}-${index}`;
        return { name, scenario, key: this.#newKey(scenario) };
      }),
    );
  }

  /**
   * The value of a secret, or `undefined` if it is deleted. The shard's secret has half of the keys, and the names of the users'
   * own secrets with the others, and one more whose secret is deleted.
   */
  valueOf(id: string, baseUrl: string): string | undefined {
    if (id.startsWith("arn:")) return this.#members.find(({ name }) => arnOf(name) === id)?.key;
    const connections = this.#members.map(({ name, key }, index) => {
      return { name, baseUrl, ...(index % 2 === 0 ? { apiKey: key } : { secretArn: arnOf(name) }) };
    });
    return JSON.stringify({ connections: [...connections, { name: "gone", baseUrl, secretArn: arnOf("gone") }] });
  }

  /** The expected result of a run. */
  get expected(): { readonly probed: number; readonly verdicts: Readonly<Record<VerdictKind, number>> } {
    const verdicts = { valid: 0, unfunded: 0, invalid: 0, misconfigured: 0, unverified: 0, indeterminate: 0 };
    for (const [, count, verdict] of mix) verdicts[verdict] += count;
    return { probed: this.#members.length, verdicts };
  }

  /** Replaces every key, as in a rotation. */
  rotate(): void {
    for (const member of this.#members) member.key = this.#newKey(member.scenario);
  }

  #newKey(scenario: ScenarioName): string {
    const key = freshKey();
    this.#use(key, scenario);
    return key;
  }
}

function arnOf(name: string): string {
  return `arn:aws:secretsmanager:eu-central-1:111122223333:secret:soak/${name}-AbCdEf`;
}
