import type { AlarmsArgs, Currency } from "../arguments.ts";
import { Detail, dimensionsOf, type MetricName, metricNames, metricOf, NAMESPACE, type Scope } from "../metrics.ts";
import { endpointSubject, shardSubject } from "../names.ts";
import type { Shard } from "../shards.ts";
import {
  type AlarmDefinition,
  type AlarmKind,
  alarmDefinitions,
  alarmKinds,
  isEnabled,
  isPossible,
} from "./catalog.ts";

/** What decides which alarms there are. */
export interface AlarmSettings {
  readonly alarms: AlarmsArgs;
  /** Minutes between two runs, 1 to 60. */
  readonly intervalMinutes: number;
  readonly detail: Detail;
  readonly balanceCurrency: Currency;
}

/** An alarm as it is deployed: the definition with the user's settings, fitted to the schedule. */
export interface EffectiveAlarm extends AlarmDefinition {
  /** Its name in the monitor's `alarms` argument. */
  readonly kind: AlarmKind;
  /** In the gauge's unit: the user's, or the definition's. */
  readonly threshold: number;
}

/** What an alarm is about. */
export interface AlarmSubject {
  /** As it stands in names; absent for the whole monitor. */
  readonly name?: string;
  /** One line for a person, such as `Connection prod`. */
  readonly line: string;
  /** The connection, where it is a single one: it may have another name in alerts. */
  readonly connection?: string;
}

/** One alarm that a monitor has. */
export interface PlannedAlarm {
  readonly alarm: EffectiveAlarm;
  readonly subject: AlarmSubject;
  /** The dimensions of the gauge that it watches, without `Monitor`: that one may be known only during the deployment. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/**
 * The alarms on connections, on silence and on the whole monitor: all but those of the endpoints.
 *
 * @param monitor its name within the stack
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

/** The alarms on one base URL, which all connections to it share: one outage is one alarm. */
export function planEndpointAlarms(baseUrl: string, settings: AlarmSettings): readonly PlannedAlarm[] {
  const subject = { name: endpointSubject(baseUrl), line: `Base URL ${baseUrl}` };
  return about(subject, "endpoint", { Endpoint: baseUrl }, settings);
}

/** What an alarm is about, for a person: with the connection's name in alerts, where it has one. */
export function lineFor({ line, connection }: AlarmSubject, displayName: string | undefined): string {
  return displayName === undefined || displayName === connection ? line : `${line} (${displayName})`;
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
export function effectiveAlarms(scope: Scope, alarms: AlarmsArgs, intervalMinutes: number): readonly EffectiveAlarm[] {
  return alarmKinds.flatMap((kind) => {
    const definition: AlarmDefinition = alarmDefinitions[kind];
    const given = alarms[kind] ?? {};
    if (metricOf(definition.metric).scope !== scope || !isEnabled(kind, alarms)) return [];
    const threshold = given.threshold ?? definition.threshold;
    if (threshold === undefined) throw new Error(`The alarm '${kind}' needs a threshold.`);
    const period = Math.min(definition.period * intervalMinutes, MAX_PERIOD);
    return [{ ...definition, kind, threshold, period, severity: given.severity ?? definition.severity }];
  });
}

/** What CloudWatch evaluates, in the words of `aws.cloudwatch.MetricAlarm`. */
export interface Evaluation<Value> {
  readonly comparisonOperator: string;
  readonly threshold: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: string;
  readonly namespace?: string;
  readonly metricName?: string;
  readonly dimensions?: Record<string, Value>;
  readonly statistic?: string;
  readonly period?: number;
  readonly metricQueries?: MetricQuery<Value>[];
}

type MetricQuery<Value> =
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
 * How CloudWatch evaluates an alarm over the gauge with these dimensions.
 *
 * @param dimensions their values, or what will be their values
 */
export function evaluationOf<Value>(
  alarm: EffectiveAlarm,
  dimensions: Readonly<Record<string, Value>>,
): Evaluation<Value> {
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
    returnData: false as const,
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

/** The optional gauges that an alarm or the dashboard reads: the others would cost money for nothing. */
export function gaugesRead(alarms: AlarmsArgs, dashboard: boolean): readonly MetricName[] {
  const watched = new Set(
    alarmKinds.filter((kind) => isEnabled(kind, alarms)).map((kind) => alarmDefinitions[kind].metric),
  );
  return metricNames.filter((name) => {
    const { optional, graph } = metricOf(name);
    return optional && (watched.has(name) || (dashboard && graph !== undefined));
  });
}

function about(
  subject: AlarmSubject,
  scope: Scope,
  values: Readonly<Record<string, string>>,
  settings: AlarmSettings,
): readonly PlannedAlarm[] {
  const known = Object.entries({ ...values, Currency: settings.balanceCurrency });
  return effectiveAlarms(scope, settings.alarms, settings.intervalMinutes)
    .filter(({ kind }) => isPossible(kind, settings.detail))
    .map((alarm) => {
      const names: readonly string[] = dimensionsOf(alarm.metric, settings.detail);
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
