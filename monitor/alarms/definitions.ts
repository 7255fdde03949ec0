import type { MetricName } from "../metrics.ts";

/** Who is told. */
export enum Severity {
  /** Wakes somebody up. */
  Page = "page",
  /** Waits for the morning. */
  Ticket = "ticket",
}

/** An alarm as it is defined, before the user's settings and the schedule are applied to it. */
export interface AlarmDefinition {
  /** The gauge that it watches. */
  readonly metric: MetricName;
  /** `Range` is Maximum − Minimum: the one expression that is used. */
  readonly statistic: "Maximum" | "Minimum" | "Average" | "Range";
  /** How a datapoint breaches the threshold. */
  readonly comparison: "GreaterThanOrEqualToThreshold" | "GreaterThanThreshold" | "LessThanThreshold";
  /** Absent where only the user can know the limit. */
  readonly threshold?: number;
  /** In seconds, for a schedule of one minute; a slower schedule stretches it. */
  readonly period: number;
  /** The M of 'M of N' periods that must breach. */
  readonly datapointsToAlarm: number;
  /** The N of 'M of N'. */
  readonly evaluationPeriods: number;
  /** A gauge that was not written keeps the alarm's state; only silence itself is a failure. */
  readonly missingData: "ignore" | "breaching";
  /** Who is told. */
  readonly severity: Severity;
  /** Whether the alarm exists without being asked for. */
  readonly byDefault: boolean;
  /** As it stands in the alarm's name. */
  readonly title: string;
}

/** A gauge of a connection that is 0 or 1. */
const connectionGauge = {
  statistic: "Maximum",
  comparison: "GreaterThanOrEqualToThreshold",
  threshold: 1,
  period: 60,
  missingData: "ignore",
  byDefault: true,
} as const;

/** The average over all connections of an endpoint and all runs of a period: the share of failed probes. */
const endpointShare = {
  metric: "ServiceFailing",
  statistic: "Average",
  comparison: "GreaterThanOrEqualToThreshold",
  missingData: "ignore",
  byDefault: true,
} as const;

/** Every alarm. The names are those of the monitor's `alarms` argument, in the order in which they are shown. */
export const alarmDefinitions = {
  keyRejected: {
    ...connectionGauge,
    metric: "KeyRejected",
    // Each 401 is confirmed within the run already. The second run keeps a short outage that answers 401 from paging.
    datapointsToAlarm: 2,
    evaluationPeriods: 2,
    severity: Severity.Page,
    title: "key rejected",
  },
  unfunded: {
    ...connectionGauge,
    metric: "Unfunded",
    // As for the key: one wrong answer wakes nobody.
    datapointsToAlarm: 2,
    evaluationPeriods: 2,
    severity: Severity.Page,
    title: "no money left",
  },
  misconfigured: {
    ...connectionGauge,
    metric: "Misconfigured",
    // Nobody is woken, and a gateway that is being redeployed answers 404 for a minute or two.
    datapointsToAlarm: 5,
    evaluationPeriods: 5,
    severity: Severity.Ticket,
    title: "model or address refused",
  },
  serviceFailing: {
    ...endpointShare,
    // The error spike. One good minute among five does not end it, one bad minute does not begin it.
    threshold: 0.5,
    period: 60,
    datapointsToAlarm: 4,
    evaluationPeriods: 5,
    severity: Severity.Ticket,
    title: "service failing",
  },
  serviceDown: {
    ...endpointShare,
    // A quarter of an hour: most of DeepSeek's incidents are over by then, and nobody but DeepSeek can end them.
    threshold: 0.5,
    period: 60,
    datapointsToAlarm: 13,
    evaluationPeriods: 15,
    severity: Severity.Page,
    title: "service down",
  },
  serviceUnstable: {
    ...endpointShare,
    // A service that flaps every few minutes never fails four of five, yet every fourth call fails. Three windows and not
    // two: they slide with the minutes, so two would share out an outage of ten minutes, which has had its own alarm.
    threshold: 0.25,
    period: 900,
    datapointsToAlarm: 3,
    evaluationPeriods: 3,
    severity: Severity.Ticket,
    title: "service unstable",
  },
  monitorSilent: {
    metric: "Probed",
    statistic: "Minimum",
    comparison: "LessThanThreshold",
    // Below 1: some connection of the shard was not probed. Missing: none was, the function or the schedule is dead.
    threshold: 1,
    period: 60,
    // A single lost or late invocation is normal for an asynchronous schedule.
    datapointsToAlarm: 3,
    evaluationPeriods: 3,
    missingData: "breaching",
    severity: Severity.Page,
    byDefault: true,
    title: "monitor silent",
  },
  lowBalance: {
    metric: "Balance",
    statistic: "Minimum",
    comparison: "LessThanThreshold",
    period: 300,
    // A balance only falls by itself: a quarter of an hour rules out a wrong answer and costs nothing.
    datapointsToAlarm: 3,
    evaluationPeriods: 3,
    missingData: "ignore",
    severity: Severity.Ticket,
    byDefault: false,
    title: "low balance",
  },
  balanceFallsFast: {
    metric: "Balance",
    statistic: "Range",
    comparison: "GreaterThanThreshold",
    // Spending an hour. A top-up moves the balance too: the text says so.
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
    // A quarter of a year, the usual interval for keys that are rotated by hand.
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
    // Half of the probes over half an hour: a limit that passes by itself is the client's business.
    threshold: 0.5,
    period: 900,
    datapointsToAlarm: 2,
    evaluationPeriods: 2,
    missingData: "ignore",
    severity: Severity.Ticket,
    byDefault: false,
    title: "rate limited",
  },
  slow: {
    metric: "LatencyMs",
    statistic: "Average",
    comparison: "GreaterThanThreshold",
    // The test call makes one token: ten seconds for it are waiting, not answering.
    threshold: 10_000,
    period: 60,
    datapointsToAlarm: 10,
    evaluationPeriods: 15,
    missingData: "ignore",
    severity: Severity.Ticket,
    byDefault: false,
    title: "slow",
  },
} as const satisfies Record<string, AlarmDefinition>;

/** An alarm by its name in the monitor's `alarms` argument. */
export type AlarmKind = keyof typeof alarmDefinitions;

export const alarmKinds = Object.keys(alarmDefinitions) as readonly AlarmKind[];
