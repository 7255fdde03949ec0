import type { Balance } from "../../provider/deepseek/balance.ts";
import type { Verdict } from "../../provider/deepseek/verdict.ts";
import type { MonitoredConnection } from "./event.ts";
import type { SecretUnreadableError } from "./secrets.ts";

/** What a run learned of one connection. */
export type Result = Probed | Unreadable;

export interface Probed {
  readonly type: "probed";
  readonly connection: MonitoredConnection;
  readonly verdict: Verdict;
  /** Empty where the service does not tell. */
  readonly balances: readonly Balance[];
  /** Absent where the key was not read in time. */
  readonly keyFingerprint?: string;
  readonly keyCreatedAt?: Date;
  /** How often the deciding call was made. */
  readonly attempts: number;
  /** Duration of the deciding call's last attempt, in milliseconds. */
  readonly latencyMs?: number;
  /** DeepSeek's `x-ds-trace-id` of that attempt. */
  readonly traceId?: string;
}

/** The key could not be read, so nothing was asked. */
export interface Unreadable {
  readonly type: "unreadable";
  readonly connection: MonitoredConnection;
  readonly error: SecretUnreadableError;
}
