import type { Balance } from "../deepseek/balance.ts";
import type { CallRecord } from "../deepseek/exchange.ts";
import type { Model } from "../deepseek/model.ts";
import type { VerdictKind } from "../deepseek/verdict.ts";
import type { TestCall } from "../options.ts";
import type { GivenKey } from "./key.ts";

/**
 * What `check --json` and `models --json` print. It holds nothing of the key. Fields may be added to it; those that are
 * here stay. Absent fields are left out.
 */
export interface Report {
  readonly verdict: VerdictKind;
  /** What happened, as a sentence; absent when all is well. */
  readonly cause?: string;
  /** What to do, as a sentence; absent when all is well. */
  readonly nextStep?: string;
  /** Sentences that decide nothing: a model that is not listed, a key of an unusual shape. */
  readonly hints: readonly string[];
  /** 12 hex digits that tell keys apart; the connection's output of this name has the same. */
  readonly keyFingerprint: string;
  readonly keyFrom: GivenKey["from"];
  readonly baseUrl: string;
  /** `models` if only the free calls were made. */
  readonly testCall: TestCall;
  /** The model that was asked for or chosen; absent when the service did not list its models. */
  readonly model?: string;
  /** The model that answered the test call: the one behind an alias. */
  readonly servedModel?: string;
  /** The models that may be used, as the service describes them; absent when it did not. */
  readonly models?: readonly Model[];
  /** The account's money; absent when the service did not tell. */
  readonly balances?: readonly Balance[];
  /** Each attempt of each call, in the order in which they ended. */
  readonly calls: readonly CallRecord[];
}
