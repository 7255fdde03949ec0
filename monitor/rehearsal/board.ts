import type { AlarmKind } from "../alarms/definitions.ts";
import { warmUpMinutes } from "../alarms/evaluation.ts";
import type { AlarmSettings, EffectiveAlarm } from "../alarms/settings.ts";
import { EXTRA_PERIODS } from "./assumptions.ts";
import { type AlarmState, evaluate } from "./evaluator.ts";
import type { MetricId } from "./gauges.ts";
import { type Series, statisticOf } from "./series.ts";
import type { AlarmTrack, StateChange } from "./timeline.ts";

/** The user's settings of the alarms, as the monitor's `alarms` argument takes them. */
export type Settings = Readonly<Partial<Record<AlarmKind, AlarmSettings | undefined>>>;

/** One alarm that CloudWatch evaluates every minute. */
export class RehearsedAlarm implements AlarmTrack {
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
   * minute 0 belongs to the time in which the monitor settles.
   */
  evaluateAt(minute: number, series: Series): StateChange | undefined {
    const from = this.#state;
    const range = this.#range(minute, series);
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
  #isWarmingUp(minute: number, range: readonly (boolean | undefined)[]): boolean {
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
  #range(minute: number, series: Series): (boolean | undefined)[] {
    const { period, evaluationPeriods, statistic } = this.definition;
    const length = period / 60;
    const written = series.of(this.metric);
    return Array.from({ length: evaluationPeriods + EXTRA_PERIODS }, (_, index) => {
      const to = minute - (evaluationPeriods + EXTRA_PERIODS - 1 - index) * length;
      const value = statisticOf(written, statistic, { from: to - length, to, seenAt: minute });
      return value === undefined ? undefined : breaches(value, this.definition);
    });
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
