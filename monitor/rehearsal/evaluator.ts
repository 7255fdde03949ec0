/** What an alarm is in. `INSUFFICIENT_DATA` is also where every new alarm begins. */
export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** What CloudWatch does with a period that has no datapoint. */
export type MissingData = "missing" | "ignore" | "breaching" | "notBreaching";

/** One period as an alarm sees it: whether its datapoint breaches the threshold, or `undefined` for none. */
export type Period = boolean | undefined;

/** The part of an alarm that decides its state. */
export interface EvaluationRule {
  /** The M of 'M of N'. */
  readonly datapointsToAlarm: number;
  /** The N of 'M of N'. */
  readonly evaluationPeriods: number;
  readonly missingData: MissingData;
}

/**
 * The state of an alarm after one evaluation, by the rules and tables that CloudWatch documents, and nothing more.
 *
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, 'How alarm state is
 * evaluated when data is missing' and 'Avoiding premature transitions to alarm state'.
 *
 * @param range the periods of the evaluation range, the oldest first: more than N of them
 */
export function evaluate(rule: EvaluationRule, range: readonly Period[], current: AlarmState): AlarmState {
  const { datapointsToAlarm, evaluationPeriods, missingData } = rule;
  const real = range.filter((period) => period !== undefined);
  const used = real.slice(-evaluationPeriods);
  const breaching = used.filter(Boolean).length;
  const filled = evaluationPeriods - used.length;

  const breachingInAll = breaching + (missingData === "breaching" ? filled : 0);
  if (breachingInAll >= datapointsToAlarm) return "ALARM";
  if (filled === 0 || missingData === "breaching" || missingData === "notBreaching") return "OK";
  if (used.length === 0) return missingData === "missing" ? "INSUFFICIENT_DATA" : current;
  // One good datapoint among the few there are: the tables say OK, whatever the gaps would have been.
  if (breaching < used.length) return "OK";
  const oldestBreaching = range.length - range.indexOf(true);
  if (missingData === "missing" && oldestBreaching >= datapointsToAlarm) return "ALARM";
  // Too few datapoints for ALARM, and all of them bad. The page only rules ALARM out here. OK is ruled out by the reason
  // that CloudWatch gives with each change, '(minimum 1 datapoint for ALARM -> OK transition)': there is no good one.
  return current;
}
