import type { EffectiveAlarm } from "../alarms/plan.ts";
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
  /** The alarm as it would be deployed. */
  readonly definition: EffectiveAlarm;
  /** The gauge that it watches. */
  readonly metric: MetricId;
  /** Its state before the first change. */
  readonly initial: AlarmState;
  /** Its changes of state, oldest first. */
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

/** The values of a gauge in one minute. */
export interface GaugePoint {
  /** The minute in which it was written. */
  readonly minute: number;
  /** The smallest value of the minute, in the gauge's unit. */
  readonly minimum: number;
  /** The largest value of the minute, in the gauge's unit. */
  readonly maximum: number;
  /** The mean of the minute's values, in the gauge's unit. */
  readonly average: number;
}

/** One metric through the whole rehearsal. */
export interface Gauge extends MetricId {
  /** Its values by minute, oldest first. Minutes in which it was not written are left out. */
  readonly points: readonly GaugePoint[];
}

/** The result of a rehearsal. Minutes count from its beginning. */
export interface Timeline {
  /** The scenario's name. */
  readonly scenario: string;
  /** What the scenario is about, in one sentence. */
  readonly description: string;
  /** The rehearsal's length in minutes. */
  readonly minutes: number;
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
