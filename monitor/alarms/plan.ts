import { type AlarmsArgs, Currency, Severity } from "../arguments.ts";
import { Detail, dimensionsOf, metricOf, NAMESPACE, type Scope } from "../metrics.ts";
import { endpointSubject, shardSubject } from "../names.ts";
import type { Shard } from "../shards.ts";
import {
  type AlarmDefinition,
  type AlarmKind,
  alarmDefinitions,
  alarmKinds,
  isEnabled,
  isOnBalance,
  isOnTopic,
  isPossible,
} from "./catalog.ts";

/** The settings that decide which alarms a monitor has. */
export interface AlarmSettings {
  readonly alarms: AlarmsArgs;
  /** Minutes between two runs, 1 to 60. */
  readonly intervalMinutes: number;
  readonly detail: Detail;
}

/** An alarm as it is deployed: the definition with the user's settings and the schedule applied. */
export interface EffectiveAlarm extends AlarmDefinition {
  /** Its name in the monitor's `alarms` argument. */
  readonly kind: AlarmKind;
  /** The user's threshold, or the definition's, in the gauge's unit. An amount an hour is scaled to the period. */
  readonly threshold: number;
  /** The currency of the threshold, if it is an amount. It is also in the title, since each currency has an alarm of its own. */
  readonly currency?: Currency;
}

/** What an alarm is about. */
export interface AlarmSubject {
  /** The subject's part of the alarm's name; absent if the alarm is about the whole monitor. */
  readonly name?: string;
  /** One line for people, such as `Connection prod`. */
  readonly line: string;
  /** The connection, if it is a single one: it may have a different name in alerts. */
  readonly connection?: string;
}

/** One alarm of a monitor. */
export interface PlannedAlarm<Value = string> {
  readonly alarm: EffectiveAlarm;
  readonly subject: AlarmSubject;
  /** The dimensions of its gauge, without `Monitor`, which may be known only during the deployment. */
  readonly dimensions: Readonly<Record<string, Value>>;
}

/**
 * Plans the alarms on connections, on silence and on the whole monitor: all except those on endpoints and topics.
 *
 * @param monitor the monitor's name within the stack
 * @param shards the connections' names, shard by shard
 */
export function planAlarms(
  monitor: string,
  shards: readonly Shard<string>[],
  settings: AlarmSettings,
): readonly PlannedAlarm[] {
  const singles = shards.flatMap(({ connections }) => connections);
  return [
    ...shards.flatMap((shard) => about(shardOf(shard), "shard", { Shard: shard.name }, settings)),
    ...(settings.detail === Detail.Fleet
      ? shards.flatMap((shard) => about(shardOf(shard), "connection", { Shard: shard.name }, settings))
      : singles.flatMap((name) => about(connectionOf(name), "connection", { Connection: name }, settings))),
    ...about({ line: `Monitor ${monitor}` }, "monitor", {}, settings),
  ];
}

/** Plans the alarms on one base URL. All its connections share them, so that one outage raises one alarm. */
export function planEndpointAlarms(baseUrl: string, settings: AlarmSettings): readonly PlannedAlarm[] {
  const subject = { name: endpointSubject(baseUrl), line: `Base URL ${endpointSubject(baseUrl)}` };
  return about(subject, "endpoint", { Endpoint: baseUrl }, settings);
}

/**
 * Plans the alarms on the topics of a monitor whose pages and tickets have different ones. An alarm on a topic goes to the other
 * topic, so its severity is the other one.
 *
 * @param names the topics' names, or outputs of them
 */
export function planTopicAlarms<Value>(
  names: Readonly<Record<Severity, Value>>,
  settings: AlarmSettings,
): readonly PlannedAlarm<Value | string>[] {
  return Object.values(Severity).flatMap((topic) => {
    const subject = { name: `${topic}-topic`, line: `The topic of severity ${topic}` };
    const planned = about<Value | string>(subject, "topic", { Topic: topic, TopicName: names[topic] }, settings);
    return planned.map((one) => ({ ...one, alarm: { ...one.alarm, severity: otherThan(topic) } }));
  });
}

function otherThan(severity: Severity): Severity {
  return severity === Severity.Page ? Severity.Ticket : Severity.Page;
}

/** The subject line of an alarm, with the connection's display name if it has one. */
export function lineFor({ line, connection }: AlarmSubject, displayName: string | undefined): string {
  return displayName === undefined || displayName === connection ? line : `${line} (${displayName})`;
}

/** A slower schedule makes no period longer than this many runs take, unless the definition says otherwise. */
const RUNS_OF_PERIOD = 4;

/**
 * Returns the enabled alarms about one kind of subject, in the order of the definitions.
 *
 * A slower schedule makes a period longer, until it contains as many runs as with a schedule of one minute, or the number of runs
 * that the definition needs. Without any run, a period would look like silence; with as many runs in each case, an hour would become
 * a day.
 *
 * @param intervalMinutes minutes between two runs, 1 to 60
 * @throws Error if an enabled alarm has neither a threshold nor a default; the check of the arguments prevents this
 */
export function effectiveAlarms(scope: Scope, alarms: AlarmsArgs, intervalMinutes: number): readonly EffectiveAlarm[] {
  return alarmKinds.flatMap((kind) => {
    const definition: AlarmDefinition = alarmDefinitions[kind];
    const metric = metricOf(definition.metric);
    if (metric.scope !== scope || !isEnabled(kind, alarms)) return [];
    const { runsOfPeriod = RUNS_OF_PERIOD } = definition;
    const longest = Math.max(definition.period, runsOfPeriod * 60 * intervalMinutes);
    // The schedule has no influence on a metric that AWS writes.
    const isOurs = metric.namespace === undefined;
    const period = isOurs ? Math.min(definition.period * intervalMinutes, longest) : definition.period;
    const severity = (isOnTopic(kind) ? undefined : alarms[kind]?.severity) ?? definition.severity;
    const limits = limitsOf(kind, alarms);
    if (limits.length === 0) throw new Error(`The alarm '${kind}' needs a threshold.`);
    return limits.map(({ amount, currency }) => ({
      ...definition,
      kind,
      severity,
      period,
      threshold: definition.perHour ? (amount * period) / 3_600 : amount,
      ...(currency !== undefined && { currency, title: `${definition.title} in ${currency}` }),
    }));
  });
}

/** The thresholds of an enabled alarm: one, or one for each currency that the user sets. */
function limitsOf(
  kind: AlarmKind,
  alarms: AlarmsArgs,
): readonly { readonly amount: number; readonly currency?: Currency }[] {
  if (kind === "balanceFallsFast") {
    return Object.values(Currency).flatMap((currency) => {
      const amount = alarms[kind]?.threshold?.[currency];
      return amount === undefined ? [] : [{ amount, currency }];
    });
  }
  const { threshold } = alarmDefinitions[kind];
  // The function applies the limits of 'low balance'; the alarm reads only whether the balance is low.
  const own = isOnBalance(kind) || isOnTopic(kind) ? undefined : alarms[kind]?.threshold;
  return [{ amount: own ?? threshold }];
}

/**
 * Everything that decides an alarm's state, as arguments of `aws.cloudwatch.MetricAlarm`. The names are those of CloudWatch's
 * `PutMetricAlarm` in camel case; `metricQueries` is its `Metrics`, and `metric` and `stat` are its `MetricStat`.
 */
export interface Evaluation<Value = string> {
  /** How a datapoint compares with the threshold when it breaches. */
  readonly comparisonOperator: string;
  /** The threshold, in the gauge's unit. */
  readonly threshold: number;
  /** The N of 'M of N'. */
  readonly evaluationPeriods: number;
  /** The M of 'M of N'. */
  readonly datapointsToAlarm: number;
  /** What a missing datapoint means. */
  readonly treatMissingData: string;
  /** Present if CloudWatch waits for the first data of a new alarm before it evaluates the alarm, at most this long. */
  readonly warmUpConfiguration?: { readonly warmUpPeriodDurationInMinutes: number };
  /** The gauge's namespace. It and the next four are present if the alarm is on a statistic of one gauge. */
  readonly namespace?: string;
  /** The gauge's name. */
  readonly metricName?: string;
  /** The gauge's dimensions: their values by name. */
  readonly dimensions?: Record<string, Value>;
  /** The statistic over a period. */
  readonly statistic?: string;
  /** The length of a period, in seconds. */
  readonly period?: number;
  /** Present if the alarm is on a metric math expression. */
  readonly metricQueries?: MetricQuery<Value>[];
}

/** A statistic of a gauge, or the expression that combines them. The alarm is on the one with `returnData`. */
export type MetricQuery<Value = string> =
  | {
      readonly id: string;
      readonly metric: {
        readonly namespace: string;
        readonly metricName: string;
        readonly dimensions: Record<string, Value>;
        readonly stat: string;
        readonly period: number;
      };
      readonly returnData: false;
    }
  | { readonly id: string; readonly expression: string; readonly label: string; readonly returnData: true };

/**
 * Returns how CloudWatch evaluates an alarm on the gauge with these dimensions.
 *
 * @param dimensions their values, or outputs of them
 */
export function evaluationOf<Value>(
  alarm: EffectiveAlarm,
  dimensions: Readonly<Record<string, Value>>,
): Evaluation<Value> {
  const { metric, statistic, period, below } = alarm;
  const { namespace = NAMESPACE } = metricOf(metric);
  const warmUp = warmUpMinutes(alarm);
  const rules = {
    comparisonOperator: alarm.comparison,
    threshold: alarm.threshold,
    evaluationPeriods: alarm.evaluationPeriods,
    datapointsToAlarm: alarm.datapointsToAlarm,
    treatMissingData: alarm.missingData,
    ...(warmUp > 0 && { warmUpConfiguration: { warmUpPeriodDurationInMinutes: warmUp } }),
  };
  if (statistic !== "Range" && below === undefined) {
    return { ...rules, namespace, metricName: metric, dimensions: { ...dimensions }, statistic, period };
  }
  const query = (id: string, stat: string) => ({
    id,
    metric: { namespace, metricName: metric, dimensions: { ...dimensions }, stat, period },
    returnData: false as const,
  });
  if (statistic !== "Range") {
    const expression = `IF(share < ${below}, share, 0)`;
    return {
      ...rules,
      metricQueries: [
        query("share", statistic),
        { id: "partly", expression, label: `${metric}: ${statistic} below ${below}, else 0`, returnData: true },
      ],
    };
  }
  return {
    ...rules,
    metricQueries: [
      query("highest", "Maximum"),
      query("lowest", "Minimum"),
      { id: "range", expression: "highest - lowest", label: `${metric}: highest − lowest`, returnData: true },
    ],
  };
}

/** Minutes to add to an alarm's own periods before CloudWatch first evaluates it. */
const EXTRA_WARM_UP = 2;

/**
 * Returns for how many minutes a new alarm is not evaluated; 0 for most alarms. A new alarm has no data yet. For an alarm on
 * silence that is a failure, so without this wait it would page at each first deployment. CloudWatch ends the wait as soon as
 * it has enough data.
 */
export function warmUpMinutes({ missingData, period, evaluationPeriods }: EffectiveAlarm): number {
  return missingData === "breaching" ? Math.ceil((period * evaluationPeriods) / 60) + EXTRA_WARM_UP : 0;
}

function about<Value = string>(
  subject: AlarmSubject,
  scope: Scope,
  values: Readonly<Record<string, Value | string>>,
  settings: AlarmSettings,
): readonly PlannedAlarm<Value | string>[] {
  return effectiveAlarms(scope, settings.alarms, settings.intervalMinutes)
    .filter(({ kind }) => isPossible(kind, settings.detail))
    .map((alarm) => {
      const names: readonly string[] = dimensionsOf(alarm.metric, settings.detail);
      const known = Object.entries({ ...values, ...(alarm.currency !== undefined && { Currency: alarm.currency }) });
      return { alarm, subject, dimensions: Object.fromEntries(known.filter(([name]) => names.includes(name))) };
    });
}

function connectionOf(name: string): AlarmSubject {
  return { name, line: `Connection ${name}`, connection: name };
}

function shardOf({ name, connections }: Shard<string>): AlarmSubject {
  const [first, last] = [connections.at(0), connections.at(-1)];
  const range =
    connections.length === 1 ? `connection ${first}` : `${connections.length} connections, ${first} to ${last}`;
  return { name: shardSubject(name), line: `Shard ${name}: ${range}` };
}
