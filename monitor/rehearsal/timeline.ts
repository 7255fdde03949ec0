import type { EffectiveAlarm, Evaluation } from "../alarms/plan.ts";
import type { AlarmsArgs } from "../arguments.ts";
import type { Detail } from "../metrics.ts";

/** The state of an alarm. A new alarm begins in `INSUFFICIENT_DATA`. */
export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** A metric as CloudWatch identifies it: by its name and its dimensions. */
export interface MetricId {
  /** The metric's name, such as `KeyRejected`. */
  readonly name: string;
  /** The dimensions' values by name. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/** An event of the scenario, such as a revoked key. */
export interface Happening {
  /** The minute in which it happens. */
  readonly minute: number;
  /** What happens, in one sentence. */
  readonly what: string;
}

/** A change of an alarm's state. */
export interface StateChange {
  /** The minute in which CloudWatch evaluated the alarm. */
  readonly minute: number;
  /** The state before the change. */
  readonly from: AlarmState;
  /** The state after the change. */
  readonly to: AlarmState;
}

/** One alarm of the monitor through the whole rehearsal. */
export interface AlarmTrack {
  /** The alarm's name in AWS. */
  readonly name: string;
  /** The alarm in the monitor's terms: its name in `alarms`, its severity, the user's settings. */
  readonly definition: EffectiveAlarm;
  /** The same alarm in CloudWatch's terms, as it would be deployed. */
  readonly evaluation: Evaluation;
  /** The gauge that it watches. */
  readonly metric: MetricId;
  /** Its state when minute 0 begins. */
  readonly initial: AlarmState;
  /** Its changes of state from minute 0 on, oldest first. */
  readonly changes: readonly StateChange[];
}

/** A message to the person on call: an alarm that fires, or one that clears. */
export interface Message extends StateChange {
  /** The alarm's name. */
  readonly alarm: string;
  /** Its name in the monitor's `alarms` argument. */
  readonly kind: EffectiveAlarm["kind"];
  /** Who is alerted. */
  readonly severity: EffectiveAlarm["severity"];
  /** Minutes since the cause of this alarm began. Absent for a recovery, and if the scenario has no cause for this alarm. */
  readonly minutesAfterCause?: number;
  /** What is wrong, as in the alarm's description. */
  readonly text: string;
}

/** The values of a gauge in one minute, as CloudWatch stores them. Their mean is `sum` ÷ `sampleCount`. */
export interface GaugePoint {
  /** The minute in which it was written. */
  readonly minute: number;
  /** The smallest value of the minute, in the gauge's unit. */
  readonly minimum: number;
  /** The largest value of the minute, in the gauge's unit. */
  readonly maximum: number;
  /** The sum of the minute's values, in the gauge's unit. */
  readonly sum: number;
  /** How many values were written in the minute. */
  readonly sampleCount: number;
}

/** One metric through the whole rehearsal. */
export interface Gauge extends MetricId {
  /** Its values by minute, oldest first, before minute 0 too. Minutes in which it was not written are left out. */
  readonly points: readonly GaugePoint[];
}

/**
 * The result of a rehearsal. Minutes count from its beginning; those before it have negative numbers.
 *
 * It contains everything that another program needs to compute the changes of each alarm. At the beginning of each minute, before
 * the function runs in it, CloudWatch evaluates each alarm:
 *
 * - The newest period ends with the minute before. The alarm's evaluation range has `assumed.extraPeriods` periods more than its
 *   `evaluationPeriods`.
 * - The alarm sees the values of a minute `assumed.delayMinutes` after the minute has ended. Newer values are missing.
 * - A new alarm, in state `INSUFFICIENT_DATA`, is first evaluated in the minute `begins`. If it has a `warmUpConfiguration`, it waits
 *   until that time has passed, or until its range has as many datapoints as `evaluationPeriods`.
 */
export interface Timeline {
  /** The scenario's name. */
  readonly scenario: string;
  /** What the scenario is about, in one sentence. */
  readonly description: string;
  /** The rehearsal's length in minutes. */
  readonly minutes: number;
  /** The minute in which the alarms are created and the function runs for the first time: 0, or some runs before it. */
  readonly begins: number;
  /** Minutes between two runs. */
  readonly intervalMinutes: number;
  /** How many connections are monitored. */
  readonly connections: number;
  /** Whether each connection or each shard has its own gauges and alarms. */
  readonly detail: Detail;
  /** The alarms' settings that differ from the monitor's defaults. */
  readonly settings: AlarmsArgs;
  /** How often the function ran. */
  readonly runs: {
    /** All runs. */
    readonly made: number;
    /** Runs in which the function threw an error. */
    readonly failed: number;
  };
  /** What the scenario does, oldest first. */
  readonly happenings: readonly Happening[];
  /** The messages to the person on call, oldest first. */
  readonly messages: readonly Message[];
  /** Each alarm that would be deployed. */
  readonly alarms: readonly AlarmTrack[];
  /** Each gauge that the function wrote. */
  readonly gauges: readonly Gauge[];
  /** The figures of the assumptions. */
  readonly assumed: {
    /** Minutes from the end of a minute until alarms see the values that were written in it. */
    readonly delayMinutes: number;
    /** How many periods more than `evaluationPeriods` CloudWatch retrieves, in case some are missing. */
    readonly extraPeriods: number;
  };
  /** What the rehearsal assumes because AWS does not document or guarantee it, a sentence each. */
  readonly assumptions: readonly string[];
}

/**
 * Whether a change of state sends a message. The filter of the monitor's subscriptions lets through alarms that fire or
 * clear, but not the first OK of a new alarm.
 */
export function sendsMessage({ from, to }: StateChange): boolean {
  return to === "ALARM" || from === "ALARM";
}
