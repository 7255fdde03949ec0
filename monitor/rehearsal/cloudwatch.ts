import type { AlarmDefinition } from "../alarms/catalog.ts";
import { type EffectiveAlarm, warmUpMinutes } from "../alarms/plan.ts";
import { EMF_DELAY_MINUTES, type MetricStore, statisticOf } from "./metric-store.ts";
import type { AlarmState, AlarmTrack, MetricId, StateChange } from "./timeline.ts";

/**
 * Periods that CloudWatch looks back beyond an alarm's N, in case some are missing. AWS documents no size, only an example,
 * 5 periods for N = 3; with periods of a minute others have measured 6. Each further one delays 'monitor silent' by a
 * period when every run is missing, and changes nothing else much.
 */
const EXTRA_PERIODS = 2;

/** What a rehearsal takes for granted, as sentences for its output. */
export const assumptions: readonly string[] = [
  `A gauge counts ${EMF_DELAY_MINUTES} minute after the minute in which it was written is over. AWS promises no figure.`,
  `CloudWatch looks back ${EXTRA_PERIODS} periods more than an alarm's N, as in its documentation's example.`,
];

/** One alarm that CloudWatch evaluates every minute. */
export class SimulatedAlarm implements AlarmTrack {
  readonly name: string;
  readonly definition: EffectiveAlarm;
  readonly metric: MetricId;
  readonly changes: StateChange[] = [];
  initial: AlarmState = "INSUFFICIENT_DATA";
  #state: AlarmState = "INSUFFICIENT_DATA";
  #createdAt: number | undefined;
  #isWarm = false;

  constructor(name: string, definition: EffectiveAlarm, metric: MetricId) {
    this.name = name;
    this.definition = definition;
    this.metric = metric;
  }

  /**
   * Evaluates the alarm at the beginning of a minute; gives the change of its state, if there is one. What changes before
   * minute 0 belongs to the time in which the alarms get their first data.
   */
  evaluateAt(minute: number, store: MetricStore): StateChange | undefined {
    const from = this.#state;
    const range = this.#range(minute, store);
    if (this.#isWarmingUp(minute, range)) return undefined;
    const to = evaluate(this.definition, range, from);
    if (to === from) return undefined;
    this.#state = to;
    if (minute < 0) {
      this.initial = to;
      return undefined;
    }
    const change = { minute, from, to };
    this.changes.push(change);
    return change;
  }

  /**
   * Whether a new alarm still waits for its data; it ends early once there are enough. Source:
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
   */
  #isWarmingUp(minute: number, range: readonly Period[]): boolean {
    this.#createdAt ??= minute;
    if (this.#isWarm) return false;
    const datapoints = range.filter((period) => period !== undefined).length;
    this.#isWarm =
      minute >= this.#createdAt + warmUpMinutes(this.definition) || datapoints >= this.definition.evaluationPeriods;
    return !this.#isWarm;
  }

  /**
   * The evaluation range, the oldest period first. Its end moves on with every minute, and each period with it: an alarm's
   * default window slides. Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
   */
  #range(minute: number, store: MetricStore): Period[] {
    const { period, evaluationPeriods, statistic } = this.definition;
    const length = period / 60;
    const written = store.of(this.metric);
    return Array.from({ length: evaluationPeriods + EXTRA_PERIODS }, (_, index) => {
      const to = minute - (evaluationPeriods + EXTRA_PERIODS - 1 - index) * length;
      const value = statisticOf(written, statistic, { from: to - length, to, seenAt: minute });
      return value === undefined ? undefined : breaches(value, this.definition);
    });
  }
}

/** One period as an alarm sees it: whether its datapoint breaches the threshold, or `undefined` for none. */
export type Period = boolean | undefined;

/** The part of an alarm that decides its state. */
type EvaluationRule = Pick<AlarmDefinition, "datapointsToAlarm" | "evaluationPeriods" | "missingData">;

/**
 * The state of an alarm after one evaluation, by the rules and tables that CloudWatch documents, for the two ways of
 * treating missing data that the monitor's alarms use.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, 'How alarm state is
 * evaluated when data is missing' and 'Avoiding premature transitions to alarm state'.
 *
 * @param range the periods of the evaluation range, the oldest first: more than N of them
 */
export function evaluate(rule: EvaluationRule, range: readonly Period[], current: AlarmState): AlarmState {
  const { datapointsToAlarm, evaluationPeriods, missingData } = rule;
  const used = range.filter((period) => period !== undefined).slice(-evaluationPeriods);
  const breaching = used.filter(Boolean).length;
  switch (missingData) {
    case "breaching":
      return breaching + evaluationPeriods - used.length >= datapointsToAlarm ? "ALARM" : "OK";
    case "ignore":
      if (breaching >= datapointsToAlarm) return "ALARM";
      // One good datapoint among the few there are: the tables say OK, whatever the gaps would have been. With too few
      // datapoints for ALARM, all of them bad, or with none the page only rules ALARM out. OK is ruled out by the reason
      // that CloudWatch gives with each change, '(minimum 1 datapoint for ALARM -> OK transition)': there is no good one.
      return breaching < used.length ? "OK" : current;
  }
}

function breaches(value: number, { comparison, threshold }: EffectiveAlarm): boolean {
  switch (comparison) {
    case "GreaterThanOrEqualToThreshold":
      return value >= threshold;
    case "GreaterThanThreshold":
      return value > threshold;
    case "LessThanThreshold":
      return value < threshold;
  }
}
