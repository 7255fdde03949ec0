import type { types } from "@pulumi/aws";
import type { Input } from "@pulumi/pulumi";
import { type MetricName, metricNames, metrics, NAMESPACE, type Scope } from "../metrics.ts";
import { type AlarmDefinition, type AlarmKind, alarmDefinitions, alarmKinds, type Severity } from "./catalog.ts";

/** What a user may change about an alarm. */
export interface AlarmSettings {
  /**
   * Whether there is such an alarm.
   *
   * @default as it is defined
   */
  readonly enabled?: boolean | undefined;
  /**
   * Who is told.
   *
   * @default as it is defined
   */
  readonly severity?: Severity | undefined;
  /**
   * In the gauge's unit.
   *
   * @default as it is defined; an alarm that has none cannot be switched on without
   */
  readonly threshold?: number | undefined;
}

/** An alarm as it is deployed: the definition with the user's settings, fitted to the schedule. */
export interface EffectiveAlarm extends AlarmDefinition {
  /** Its name in the monitor's `alarms` argument. */
  readonly kind: AlarmKind;
  /** In the gauge's unit: the user's, or the definition's. */
  readonly threshold: number;
}

/** CloudWatch's longest period of an alarm, in seconds. Source: PutMetricAlarm, `Period` and `EvaluationPeriods`. */
const MAX_PERIOD = 86_400;

/**
 * The alarms about one kind of subject that are switched on, in the definitions' order.
 *
 * A period holds as many runs as it does with a schedule of one minute: five minutes between runs make five-minute
 * periods of one-minute ones. Otherwise periods without a run would pass for silence.
 *
 * @param intervalMinutes minutes between two runs, 1 to 60
 * @throws Error if an alarm without a default threshold is switched on and given none; the arguments are checked before
 */
export function effectiveAlarms(
  scope: Scope,
  settings: Readonly<Partial<Record<AlarmKind, AlarmSettings | undefined>>>,
  intervalMinutes: number,
): readonly EffectiveAlarm[] {
  return alarmKinds.flatMap((kind) => {
    const definition: AlarmDefinition = alarmDefinitions[kind];
    const given = settings[kind] ?? {};
    if (metrics[definition.metric].scope !== scope || !(given.enabled ?? definition.byDefault)) return [];
    const threshold = given.threshold ?? definition.threshold;
    if (threshold === undefined) throw new Error(`The alarm '${kind}' needs a threshold.`);
    const period = Math.min(definition.period * intervalMinutes, MAX_PERIOD);
    return [{ ...definition, kind, threshold, period, severity: given.severity ?? definition.severity }];
  });
}

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

/** The optional gauges that the dashboard draws. */
const DRAWN: readonly MetricName[] = ["Balance", "LatencyMs"];

const scopes: readonly Scope[] = ["connection", "endpoint", "shard", "monitor"];

/** The optional gauges that somebody reads, an alarm or the dashboard: the others would cost money for nothing. */
export function gaugesRead(
  settings: Readonly<Partial<Record<AlarmKind, AlarmSettings | undefined>>>,
  dashboard: boolean,
): readonly MetricName[] {
  const read = new Set<MetricName>(dashboard ? DRAWN : []);
  for (const scope of scopes) for (const { metric } of effectiveAlarms(scope, settings, 1)) read.add(metric);
  return metricNames.filter((name) => metrics[name].optional && read.has(name));
}
