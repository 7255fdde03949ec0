import type { types } from "@pulumi/aws";
import type { Input } from "@pulumi/pulumi";
import { NAMESPACE } from "../metrics.ts";
import type { EffectiveAlarm } from "./settings.ts";

/** The values of a gauge's dimensions. */
export type Dimensions = Readonly<Record<string, Input<string>>>;

/** What CloudWatch evaluates, in the words of `aws.cloudwatch.MetricAlarm`. */
export interface Evaluation {
  readonly comparisonOperator: string;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: string;
  readonly namespace?: string;
  readonly metricName?: string;
  readonly dimensions?: Record<string, Input<string>>;
  readonly statistic?: string;
  readonly period?: number;
  readonly metricQueries?: types.input.cloudwatch.MetricAlarmMetricQuery[];
}

/** How CloudWatch evaluates an alarm over the gauge with these dimensions. */
export function evaluationOf(alarm: EffectiveAlarm, dimensions: Dimensions): Evaluation {
  const { metric, statistic, period } = alarm;
  const rules = {
    comparisonOperator: alarm.comparison,
    threshold: alarm.threshold,
    evaluationPeriods: alarm.evaluationPeriods,
    datapointsToAlarm: alarm.datapointsToAlarm,
    treatMissingData: alarm.missingData,
  };
  if (statistic !== "Range") {
    return { ...rules, namespace: NAMESPACE, metricName: metric, dimensions: { ...dimensions }, statistic, period };
  }
  const query = (id: string, stat: string) => ({
    id,
    metric: { namespace: NAMESPACE, metricName: metric, dimensions: { ...dimensions }, stat, period },
    returnData: false,
  });
  return {
    ...rules,
    metricQueries: [
      query("highest", "Maximum"),
      query("lowest", "Minimum"),
      { id: "range", expression: "highest - lowest", label: `${metric}: highest − lowest`, returnData: true },
    ],
  };
}

/** Minutes that an alarm on silence waits beyond its own periods before it is first evaluated. */
const EXTRA_WARM_UP = 2;

/**
 * Minutes for which a new alarm is not evaluated; 0 for most. A new alarm finds no data, which for one on silence means
 * failure: it would page at each first deployment. CloudWatch ends the wait early as soon as there are enough data.
 */
export function warmUpMinutes({ missingData, period, evaluationPeriods }: EffectiveAlarm): number {
  return missingData === "breaching" ? Math.ceil((period * evaluationPeriods) / 60) + EXTRA_WARM_UP : 0;
}
