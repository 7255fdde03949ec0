import type { AlarmDefinition } from "../alarms/catalog.ts";
import { type EffectiveAlarm, type Evaluation, evaluationOf, warmUpMinutes } from "../alarms/plan.ts";
import { EMF_DELAY_MINUTES, type MetricStore, statisticOf } from "./metric-store.ts";
import type { AlarmState, AlarmTrack, MetricId, StateChange, Timeline } from "./timeline.ts";

/**
 * Periods that CloudWatch looks back beyond an alarm's N, in case some are missing. AWS documents no number, only an example:
 * 5 periods for N = 3. With periods of a minute, others have measured 6. Each additional period delays 'monitor silent' by one
 * period if every run is missing, and has little other effect.
 */
const EXTRA_PERIODS = 2;

/** The figures that a rehearsal assumes, for its output. */
export const assumed: Timeline["assumed"] = { delayMinutes: EMF_DELAY_MINUTES, extraPeriods: EXTRA_PERIODS };

/** The assumptions of a rehearsal, as sentences for its output. */
export const assumptions: readonly string[] = [
  `Alarms see a metric ${EMF_DELAY_MINUTES} minute after the end of the minute in which it was written; AWS does not guarantee this.`,
  `CloudWatch looks ${EXTRA_PERIODS} periods further back than the alarm evaluates, as in an example by AWS.`,
];

/** An alarm that is evaluated every minute, as CloudWatch does it. */
export class SimulatedAlarm implements AlarmTrack {
  readonly name: string;
  readonly definition: EffectiveAlarm;
  readonly evaluation: Evaluation;
  readonly metric: MetricId;
  readonly changes: StateChange[] = [];
  initial: AlarmState = "INSUFFICIENT_DATA";
  #state: AlarmState = "INSUFFICIENT_DATA";
  #createdAt: number | undefined;
  #isWarm = false;

  constructor(name: string, definition: EffectiveAlarm, metric: MetricId) {
    this.name = name;
    this.definition = definition;
    this.evaluation = evaluationOf(definition, metric.dimensions);
    this.metric = metric;
  }

  /**
   * Evaluates the alarm at the beginning of a minute. Returns the change of its state, or `undefined` if there is none. A change
   * before minute 0 is not returned: the alarm is only receiving its first data then.
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
   * Whether a new alarm is still waiting for data. The wait ends early once there is enough. Source:
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
   * The evaluation range, the oldest period first. It moves forward every minute: an alarm's default window is a sliding one.
   * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
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

/** Whether a period's datapoint breaches the threshold, or `undefined` if the period has none. */
export type Period = boolean | undefined;

/** The part of an alarm's definition that decides its state. */
type EvaluationRule = Pick<AlarmDefinition, "datapointsToAlarm" | "evaluationPeriods" | "missingData">;

/**
 * Returns the state of an alarm after one evaluation, by the rules and tables that CloudWatch documents. It supports the
 * ways of treating missing data that the monitor's alarms use.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, 'How alarm state is
 * evaluated when data is missing' and 'Avoiding premature transitions to alarm state'.
 *
 * @param range the periods of the evaluation range, the oldest first; more than N periods
 */
export function evaluate(rule: EvaluationRule, range: readonly Period[], current: AlarmState): AlarmState {
  const { datapointsToAlarm, evaluationPeriods, missingData } = rule;
  const used = range.filter((period) => period !== undefined).slice(-evaluationPeriods);
  const breaching = used.filter(Boolean).length;
  switch (missingData) {
    case "breaching":
      return breaching + evaluationPeriods - used.length >= datapointsToAlarm ? "ALARM" : "OK";
    case "notBreaching":
      return breaching >= datapointsToAlarm ? "ALARM" : "OK";
    case "ignore":
      if (breaching >= datapointsToAlarm) return "ALARM";
      // With at least one good datapoint, the tables say OK, whatever the gaps are. With no datapoint, or with only bad ones
      // but too few for ALARM, the page only rules out ALARM. OK is ruled out too, because there is no good datapoint: the
      // reason that CloudWatch gives with a change says '(minimum 1 datapoint for ALARM -> OK transition)'.
      return breaching < used.length ? "OK" : current;
  }
}

function breaches(
  datapoint: number,
  { comparison, threshold, below = Number.POSITIVE_INFINITY }: EffectiveAlarm,
): boolean {
  // As in the alarm's metric expression.
  const value = datapoint < below ? datapoint : 0;
  switch (comparison) {
    case "GreaterThanOrEqualToThreshold":
      return value >= threshold;
    case "GreaterThanThreshold":
      return value > threshold;
    case "LessThanThreshold":
      return value < threshold;
  }
}
