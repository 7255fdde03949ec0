import type { EffectiveAlarm } from "../alarms/settings.ts";
import type { Detail } from "../metrics.ts";
import type { Settings } from "./board.ts";
import type { AlarmState } from "./evaluator.ts";
import type { MetricId } from "./gauges.ts";

/** What the scenario does to the world. */
export interface Happening {
  readonly minute: number;
  /** One sentence. */
  readonly what: string;
}

/** An alarm that went from one state to another. */
export interface StateChange {
  readonly minute: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
}

/** One alarm of the monitor through the whole rehearsal. */
export interface AlarmTrack {
  /** As it is in AWS. */
  readonly name: string;
  readonly definition: EffectiveAlarm;
  readonly metric: MetricId;
  /** Its state before the first change. */
  readonly initial: AlarmState;
  readonly changes: readonly StateChange[];
}

/** What a person gets: an alarm that began, or one that is over. */
export interface Message extends StateChange {
  readonly alarm: string;
  readonly kind: EffectiveAlarm["kind"];
  readonly severity: EffectiveAlarm["severity"];
  /** Minutes since the scenario's cause of this alarm began; absent where it has none, and for a recovery. */
  readonly minutesAfterCause?: number;
  /** What is wrong: the first line of the alarm's description. */
  readonly text: string;
}

/** The values of one gauge in one minute in which it was written. */
export interface GaugePoint {
  readonly minute: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly average: number;
}

export interface Gauge extends MetricId {
  readonly points: readonly GaugePoint[];
}

/** A rehearsal's whole result. Minutes count from its beginning. */
export interface Timeline {
  readonly scenario: string;
  readonly description: string;
  readonly minutes: number;
  /** Minutes between two runs. */
  readonly intervalMinutes: number;
  readonly connections: number;
  readonly detail: Detail;
  /** The alarms' settings that differ from the monitor's defaults. */
  readonly settings: Settings;
  /** Runs of the function: all, and those that ended in an error of its own. */
  readonly runs: { readonly made: number; readonly failed: number };
  readonly happenings: readonly Happening[];
  /** In the order in which people get them. */
  readonly messages: readonly Message[];
  readonly alarms: readonly AlarmTrack[];
  readonly gauges: readonly Gauge[];
  readonly assumptions: readonly string[];
}

/**
 * Whether a subscription that the monitor makes lets a change through: an alarm that begins or is over. The first OK of
 * each new alarm is neither.
 */
export function isTold({ from, to }: StateChange): boolean {
  return to === "ALARM" || from === "ALARM";
}
