import { type AlarmsArgs, type BalanceAmounts, Severity } from "../arguments.ts";
import { isDrawn } from "../graphs.ts";
import { Detail, type MetricName, metricNames, metricOf } from "../metrics.ts";

/** An alarm by its name in the monitor's `alarms` argument. */
export type AlarmKind = keyof AlarmsArgs;

/** An alarm as it is defined, before the user's settings and the schedule are applied to it. */
export interface AlarmDefinition {
  /** The gauge that it watches. */
  readonly metric: MetricName;
  /** `Range` is Maximum − Minimum, computed by a metric expression. */
  readonly statistic: "Maximum" | "Minimum" | "Average" | "Sum" | "Range";
  /** When a datapoint breaches the threshold. */
  readonly comparison: "GreaterThanOrEqualToThreshold" | "GreaterThanThreshold" | "LessThanThreshold";
  /** Absent if only the user can know the limit. */
  readonly threshold?: number;
  /** Datapoints from here on do not breach, because another alarm reports them. */
  readonly below?: number;
  /** Whether the threshold is an amount an hour. It is scaled to the period. */
  readonly perHour?: true;
  /** In seconds, for a schedule of one minute; longer for a slower schedule. */
  readonly period: number;
  /** With a slower schedule, the period becomes longer until it contains this many runs. @default 4 */
  readonly runsOfPeriod?: number;
  /** How many of the last `evaluationPeriods` must breach: the M of 'M of N'. */
  readonly datapointsToAlarm: number;
  /** How many periods CloudWatch looks at: the N of 'M of N'. */
  readonly evaluationPeriods: number;
  /**
   * What a missing gauge means: `ignore` keeps the alarm's state; `breaching` counts as a failure (silence only); `notBreaching`
   * counts as good, for a metric that AWS writes only when something fails.
   */
  readonly missingData: "ignore" | "breaching" | "notBreaching";
  /** Who is alerted. An alarm on a topic goes to the other topic, whatever this is. */
  readonly severity: Severity;
  /** Whether the alarm is on by default. */
  readonly byDefault: boolean;
  /** The first part of the alarm's name. */
  readonly title: string;
}

/** A gauge that is 0 or 1, of a connection or of all keys of an endpoint. */
const flag = {
  statistic: "Maximum",
  comparison: "GreaterThanOrEqualToThreshold",
  threshold: 1,
  period: 60,
  missingData: "ignore",
  byDefault: true,
} as const;

/** The share of failed probes: the average over all connections of an endpoint and all runs of a period. */
const endpointShare = {
  metric: "ServiceFailing",
  statistic: "Average",
  comparison: "GreaterThanOrEqualToThreshold",
  missingData: "ignore",
  byDefault: true,
} as const;

/** Every alarm, by its name in the monitor's `alarms` argument, in display order. */
export const alarmDefinitions = {
  keyRejected: {
    ...flag,
    metric: "KeyRejected",
    // Each run confirms a 401. Waiting for a second run keeps a short outage that answers 401 from paging anybody.
    datapointsToAlarm: 2,
    evaluationPeriods: 2,
    severity: Severity.Page,
    title: "key rejected",
  },
  allKeysRejected: {
    ...flag,
    metric: "AllKeysRejected",
    // As for one key. Either reading, all keys revoked or an outage that answers 401, stops every client.
    datapointsToAlarm: 2,
    evaluationPeriods: 2,
    severity: Severity.Page,
    title: "all keys rejected",
  },
  unfunded: {
    ...flag,
    metric: "Unfunded",
    // As for the key: a single wrong answer must not page anybody.
    datapointsToAlarm: 2,
    evaluationPeriods: 2,
    severity: Severity.Page,
    title: "insufficient balance",
  },
  misconfigured: {
    ...flag,
    metric: "Misconfigured",
    // It is only a ticket, and a gateway answers 404 for a minute or two while it is redeployed.
    datapointsToAlarm: 5,
    evaluationPeriods: 5,
    severity: Severity.Ticket,
    title: "model or address refused",
  },
  serviceFailing: {
    ...endpointShare,
    // An error spike. One good minute in five does not end it; one bad minute does not start it.
    threshold: 0.5,
    period: 60,
    datapointsToAlarm: 4,
    evaluationPeriods: 5,
    severity: Severity.Ticket,
    title: "service failing",
  },
  serviceDown: {
    ...endpointShare,
    // Most of DeepSeek's incidents are shorter, and only DeepSeek can end them.
    threshold: 0.5,
    period: 60,
    datapointsToAlarm: 13,
    evaluationPeriods: 15,
    severity: Severity.Page,
    title: "service down",
  },
  serviceUnstable: {
    ...endpointShare,
    // If a service flaps every few minutes, four of five periods never fail, yet a quarter of the calls do. Three windows
    // rather than two: windows slide every minute, so an outage of ten minutes, which has its own alarm, could fall into two.
    threshold: 0.25,
    // If one failure is long enough for three windows in a row, the middle one has no good probe. Then 'service down' fires,
    // which needs 13 bad minutes of 15 (87 %), and this alarm would only say after the recovery that there was an outage.
    below: 0.85,
    period: 900,
    // The newest run's gauge can still be missing. Four runs must be left: of three, a quarter cannot fail.
    runsOfPeriod: 5,
    datapointsToAlarm: 3,
    evaluationPeriods: 3,
    severity: Severity.Ticket,
    title: "service unstable",
  },
  monitorSilent: {
    metric: "Probed",
    statistic: "Minimum",
    comparison: "LessThanThreshold",
    // Below 1: not every connection of the shard was probed. Missing: none was, so the function or the schedule is down.
    threshold: 1,
    period: 60,
    // An asynchronous schedule sometimes loses or delays a single invocation.
    datapointsToAlarm: 3,
    evaluationPeriods: 3,
    missingData: "breaching",
    severity: Severity.Page,
    byDefault: true,
    title: "monitor silent",
  },
  lowBalance: {
    // The function compares the balance with the limit of its currency: the deployment does not know the currency.
    metric: "BalanceLow",
    statistic: "Maximum",
    comparison: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    period: 300,
    // Without a top-up the balance only falls, so waiting for three periods rules out a wrong answer at no cost.
    datapointsToAlarm: 3,
    evaluationPeriods: 3,
    missingData: "ignore",
    severity: Severity.Ticket,
    // Prepaid accounts run dry more often than keys die.
    byDefault: true,
    title: "low balance",
  },
  balanceFallsFast: {
    metric: "Balance",
    statistic: "Range",
    comparison: "GreaterThanThreshold",
    // A top-up also changes the balance; the text says so.
    perHour: true,
    period: 3_600,
    datapointsToAlarm: 1,
    evaluationPeriods: 1,
    missingData: "ignore",
    severity: Severity.Ticket,
    byDefault: false,
    title: "balance falls fast",
  },
  keyDueForRotation: {
    metric: "OldestKeyAgeDays",
    statistic: "Maximum",
    comparison: "GreaterThanThreshold",
    // Three months, the usual interval for keys that are rotated by hand.
    threshold: 90,
    period: 3_600,
    datapointsToAlarm: 1,
    evaluationPeriods: 1,
    missingData: "ignore",
    severity: Severity.Ticket,
    byDefault: false,
    title: "key due for rotation",
  },
  rateLimited: {
    metric: "RateLimited",
    statistic: "Average",
    comparison: "GreaterThanOrEqualToThreshold",
    // Half of the probes over half an hour: clients handle a limit that is reached only briefly.
    threshold: 0.5,
    period: 900,
    datapointsToAlarm: 2,
    evaluationPeriods: 2,
    missingData: "ignore",
    severity: Severity.Ticket,
    byDefault: true,
    title: "rate limited",
  },
  slow: {
    metric: "LatencyMs",
    statistic: "Average",
    comparison: "GreaterThanThreshold",
    // The test call produces one token: a call of ten seconds spent most of them waiting for capacity.
    threshold: 10_000,
    period: 60,
    datapointsToAlarm: 10,
    evaluationPeriods: 15,
    missingData: "ignore",
    severity: Severity.Ticket,
    byDefault: false,
    title: "slow",
  },
  subscriptionLost: {
    ...flag,
    metric: "SubscriptionLost",
    // A deployment creates topics before subscriptions. The function counts a loss again after half an hour, so an hour without
    // any good count is a loss that has lasted.
    statistic: "Minimum",
    period: 3_600,
    datapointsToAlarm: 2,
    evaluationPeriods: 2,
    severity: Severity.Ticket,
    title: "subscription lost",
  },
  deliveryFailed: {
    metric: "NumberOfNotificationsFailed",
    statistic: "Sum",
    comparison: "GreaterThanOrEqualToThreshold",
    threshold: 1,
    // An hour, so that an endpoint that fails now and then raises one alarm, not one for each message.
    period: 3_600,
    datapointsToAlarm: 1,
    evaluationPeriods: 1,
    missingData: "notBreaching",
    severity: Severity.Ticket,
    byDefault: true,
    title: "delivery failed",
  },
} as const satisfies Readonly<Record<AlarmKind, AlarmDefinition>>;

export const alarmKinds = Object.keys(alarmDefinitions) as readonly AlarmKind[];

/** An alarm whose limit is an amount by currency. */
export type BalanceAlarmKind = "lowBalance" | "balanceFallsFast";

/** Whether an alarm's limit is an amount by currency. */
export function isOnBalance(kind: AlarmKind): kind is BalanceAlarmKind {
  return kind === "lowBalance" || kind === "balanceFallsFast";
}

/** An alarm on one of the monitor's topics. */
export type TopicAlarmKind = "subscriptionLost" | "deliveryFailed";

/** Whether an alarm is about a topic. It exists only if pages and tickets have different topics, and goes to the other one. */
export function isOnTopic(kind: AlarmKind): kind is TopicAlarmKind {
  return metricOf(alarmDefinitions[kind].metric).scope === "topic";
}

/** The balances at which *low balance* fires: the user's or, for a currency that the user leaves out, the default. */
export function lowBalanceLimits({ lowBalance }: AlarmsArgs): Required<BalanceAmounts> {
  return { USD: lowBalance?.threshold?.USD ?? 2, CNY: lowBalance?.threshold?.CNY ?? 15 };
}

/** Whether an alarm is enabled, by the user or by default. */
export function isEnabled(kind: AlarmKind, alarms: AlarmsArgs): boolean {
  return alarms[kind]?.enabled ?? alarmDefinitions[kind].byDefault;
}

/**
 * Whether an alarm is available in a detail. In fleet detail the accounts of a shard share a gauge, so its range would be
 * the difference between two accounts.
 */
export function isPossible(kind: AlarmKind, detail: Detail): boolean {
  return detail === Detail.Connection || alarmDefinitions[kind].statistic !== "Range";
}

/**
 * The optional gauges that an alarm or the dashboard reads. The others are not written, to save their cost.
 *
 * @param hasTwoTopics whether pages and tickets have different topics
 */
export function gaugesRead(alarms: AlarmsArgs, dashboard: boolean, hasTwoTopics = false): readonly MetricName[] {
  const watched = new Set(
    alarmKinds
      .filter((kind) => isEnabled(kind, alarms) && (hasTwoTopics || !isOnTopic(kind)))
      .map((kind) => alarmDefinitions[kind].metric),
  );
  return metricNames.filter((name) => {
    const { optional, namespace } = metricOf(name);
    return optional && namespace === undefined && (watched.has(name) || (dashboard && isDrawn(name)));
  });
}
