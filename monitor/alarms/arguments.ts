import type { Severity } from "./definitions.ts";

/** What may be changed about an alarm. */
export interface AlarmArgs {
  /** Whether the alarm exists. An alarm that is off by default is switched on by this alone. */
  readonly enabled?: boolean | undefined;
  /** Who is told. */
  readonly severity?: Severity;
  /** The limit, in the unit of the alarm's gauge. */
  readonly threshold?: number | undefined;
}
