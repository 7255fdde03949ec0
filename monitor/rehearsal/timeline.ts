import type { EffectiveAlarm } from "../alarms/plan.ts";
import type { AlarmsArgs } from "../arguments.ts";
import type { Detail } from "../metrics.ts";

/** What an alarm is in. `INSUFFICIENT_DATA` is also where every new alarm begins. */
export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** One metric with its dimensions, as CloudWatch tells it from all others. */
export interface MetricId {
  /** The metric's name, such as `KeyRejected`. */
  readonly name: string;
  /** Each dimension's value by its name. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What the scenario does to the service or the account. */
export interface Happening {
  /** When it happens. */
  readonly minute: number;
  /** One sentence. */
  readonly what: string;
}

/** An alarm that went from one state to another. */
export interface StateChange {
  /** When CloudWatch evaluated it so. */
  readonly minute: number;
  /** The state before. */
  readonly from: AlarmState;
  /** The state since. */
  readonly to: AlarmState;
}

/** One alarm of the monitor through the whole rehearsal. */
export interface AlarmTrack {
  /** As it is in AWS. */
  readonly name: string;
  /** What it watches for, as it would be deployed. */
  readonly definition: EffectiveAlarm;
  /** The gauge that it watches. */
  readonly metric: MetricId;
  /** Its state before the first change. */
  readonly initial: AlarmState;
  /** In the order of time. */
  readonly changes: readonly StateChange[];
}

/** What a person gets: an alarm that began, or one that is over. */
export interface Message extends StateChange {
  /** The alarm's name. */
  readonly alarm: string;
  /** Its name in the monitor's `alarms` argument. */
  readonly kind: EffectiveAlarm["kind"];
  /** Who is alerted. */
  readonly severity: EffectiveAlarm["severity"];
  /** Minutes since the scenario's cause of this alarm began; absent where it has none, and for a recovery. */
  readonly minutesAfterCause?: number;
  /** What is wrong: the first line of the alarm's description. */
  readonly text: string;
}

/** The values of one gauge in one minute in which it was written. */
export interface GaugePoint {
  /** When it was written. */
  readonly minute: number;
  /** In the gauge's unit, as the other two. */
  readonly minimum: number;
  /** The largest value of the minute. */
  readonly maximum: number;
  /** The mean of the minute's values. */
  readonly average: number;
}

/** One metric through the whole rehearsal. */
export interface Gauge extends MetricId {
  /** In the order of time; minutes in which it was not written are left out. */
  readonly points: readonly GaugePoint[];
}

/** A rehearsal's whole result. Minutes count from its beginning. */
export interface Timeline {
  /** The scenario's name. */
  readonly scenario: string;
  /** One sentence. */
  readonly description: string;
  /** How long it is. */
  readonly minutes: number;
  /** Minutes between two runs. */
  readonly intervalMinutes: number;
  /** How many are monitored. */
  readonly connections: number;
  /** Whether gauges and alarms are by connection or by shard. */
  readonly detail: Detail;
  /** The alarms' settings that differ from the monitor's defaults. */
  readonly settings: AlarmsArgs;
  /** Runs of the function. */
  readonly runs: {
    /** How many there were. */
    readonly made: number;
    /** How many ended in an error of the function's own. */
    readonly failed: number;
  };
  /** What the scenario does, in the order of time. */
  readonly happenings: readonly Happening[];
  /** In the order in which people get them. */
  readonly messages: readonly Message[];
  /** Each alarm that would be deployed. */
  readonly alarms: readonly AlarmTrack[];
  /** Each gauge that was written. */
  readonly gauges: readonly Gauge[];
  /** What AWS does not promise and is taken for given, a sentence each. */
  readonly assumptions: readonly string[];
}

/**
 * Whether a subscription that the monitor makes lets a change through: an alarm that begins or is over. The first OK of
 * each new alarm is neither.
 */
export function isTold({ from, to }: StateChange): boolean {
  return to === "ALARM" || from === "ALARM";
}
