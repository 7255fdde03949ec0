import type { Severity } from "./definitions.ts";

/** What may be changed about an alarm. */
export interface AlarmArgs {
  /** Whether the alarm exists. An alarm that is off by default is switched on by this alone. @default see `AlarmsArgs` */
  readonly enabled?: boolean | undefined;
  /** Who is told. @default as in the runbook's table */
  readonly severity?: Severity;
  /**
   * The limit, above 0. A share of probes (at most 1) for the alarms on keys, the service and the monitor; an amount in
   * `balanceCurrency`, days or milliseconds for those that say so.
   *
   * @default as in the runbook; none for the balance, where only you know it
   */
  readonly threshold?: number | undefined;
}
