import { type AlarmsArgs, Severity } from "../arguments.ts";
import { Detail, type MetricName } from "../metrics.ts";

/** An alarm by its name in the monitor's `alarms` argument. */
export type AlarmKind = keyof AlarmsArgs;

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
  /** Who is alerted. */
  readonly severity: Severity;
  /** Whether the alarm is on by default. */
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
} as const satisfies Readonly<Record<AlarmKind, AlarmDefinition>>;

export const alarmKinds = Object.keys(alarmDefinitions) as readonly AlarmKind[];

/** Whether an alarm is switched on, by the user or by default. */
export function isEnabled(kind: AlarmKind, alarms: AlarmsArgs): boolean {
  return alarms[kind]?.enabled ?? alarmDefinitions[kind].byDefault;
}

/**
 * Whether an alarm can exist in a detail. The accounts of a shard share a gauge, so its range would be the difference
 * between two accounts.
 */
export function isPossible(kind: AlarmKind, detail: Detail): boolean {
  return detail === Detail.Connection || alarmDefinitions[kind].statistic !== "Range";
}

/** What an alarm says to a person: one or two short sentences each, at most 600 characters together. */
export interface AlarmText {
  /** What is wrong, seen from the service that is called. */
  readonly wrong: string;
  /** The likeliest causes, the likeliest first. */
  readonly cause: string;
  /** What to do now. */
  readonly nextStep: string;
  /** How to see by hand that it is so, with no key in a shell. */
  readonly check: string;
}

/**
 * The texts of all alarms. They hold for DeepSeek and for a gateway, for one connection and for a shard of many, and
 * for any threshold or schedule: so they name no count, and say 'DeepSeek:' before what is DeepSeek's alone.
 */
export const alarmTexts: Readonly<Record<AlarmKind, AlarmText>> = {
  keyRejected: {
    wrong: "The service rejects an API key: HTTP 401, asked twice in each run, with the secret read again.",
    cause: "The key was revoked or replaced elsewhere, or a wrong value was stored.",
    nextStep:
      "Make a new key (DeepSeek: platform.deepseek.com/api_keys), set it in the stack and run `pulumi up`. " +
      "Where the secret is changed elsewhere, the monitor reads it within 5 minutes, with no redeploy.",
    check:
      "The saved log query names the connection and the trace id. If others at this address are well, it is this key.",
  },
  unfunded: {
    wrong: "The key works, but the account has no money: paid calls are refused (HTTP 402).",
    cause: "The prepaid balance is used up: more traffic than planned, a top-up that failed, or a leaked key.",
    nextStep:
      "Top the account up (DeepSeek: platform.deepseek.com/top_up). If the spending was not yours, replace the key first.",
    check: "The saved log query names the connection. DeepSeek: platform.deepseek.com/usage shows what was spent.",
  },
  misconfigured: {
    wrong: "The service refuses the model or the base URL: HTTP 400, 404, 422 or a redirect.",
    cause: "The model was renamed or retired, the base URL is wrong, or a gateway was changed.",
    nextStep:
      "Set a model that the service lists, or correct the base URL, and run `pulumi up`. " +
      "DeepSeek announces retired models on api-docs.deepseek.com/updates.",
    check:
      "The saved log query names the connection, the status and which input is refused. `pulumi preview` asks the same question.",
  },
  serviceFailing: {
    wrong: "Many probes of this base URL fail: server errors, time-outs, unreadable replies or no connection.",
    cause:
      "The service is overloaded or has an incident; less often the network or DNS. " +
      "If the log says that every key is rejected, the account may be closed.",
    nextStep:
      "Leave the keys alone. Let clients retry slowly or use your fallback. " +
      "DeepSeek: see status.deepseek.com, which can stay green during real trouble.",
    check: "The saved log query shows the causes with trace ids; the alarm's graph shows since when.",
  },
  serviceDown: {
    wrong: "This base URL has failed for long: most probes end in server errors, time-outs or no connection.",
    cause:
      "An incident of the service; less often the network or DNS. " +
      "If the log says that every key is rejected, the account may be closed.",
    nextStep:
      "Switch clients to your fallback and tell those who depend on it. Leave the keys alone. " +
      "DeepSeek: see status.deepseek.com, and give its support the trace ids.",
    check: "The saved log query shows the causes with trace ids. Another base URL that is well rules out the network.",
  },
  serviceUnstable: {
    wrong: "This base URL fails again and again: it is never down for long, yet many calls are lost.",
    cause: "The service is short of capacity, or a gateway on the way restarts or times out.",
    nextStep:
      "See that clients retry with growing pauses and have time for it, or move load to a quieter hour. " +
      "DeepSeek: compare status.deepseek.com. Leave the keys alone.",
    check: "The alarm's graph shows the pattern, and the saved log query which causes take turns.",
  },
  monitorSilent: {
    wrong: "Connections of this shard are not probed: until this ends, no other alarm on them can be trusted.",
    cause:
      "A secret was deleted or cannot be read, the function fails or is throttled, or the schedule is off or gone.",
    nextStep:
      "Restore what is missing (`aws secretsmanager restore-secret` for a deleted secret) " +
      "and run `pulumi up --refresh`.",
    check:
      "The saved log query names a secret that cannot be read. No log lines at all: " +
      "look at the schedule, the function's errors and the dead-letter queue.",
  },
  lowBalance: {
    wrong: "An account's balance is below your limit. Calls still work.",
    cause: "Normal use without a top-up, or more use than planned.",
    nextStep:
      "Top the account up before it is empty (DeepSeek: platform.deepseek.com/top_up; " +
      "the number of calls it takes at once shrinks with the balance).",
    check: "The alarm's graph shows how fast it falls. DeepSeek: platform.deepseek.com/usage has the spending.",
  },
  balanceFallsFast: {
    wrong: "An account's balance moved by more than your limit within one period of this alarm.",
    cause: "Heavy use, a leaked key that others spend from, or a top-up, which moves the balance too.",
    nextStep:
      "If it was no top-up and no work of yours: replace the key now (DeepSeek: platform.deepseek.com/api_keys), " +
      "set the new one in the stack, run `pulumi up`, and delete the old one.",
    check:
      "The alarm's graph shows the direction. DeepSeek: platform.deepseek.com/usage shows when and on which model it was spent.",
  },
  keyDueForRotation: {
    wrong: "The oldest key is older than your limit. It still works.",
    cause: "It was not replaced in time, or its creation date was not given and the secret is old.",
    nextStep:
      "Make a new key (DeepSeek: platform.deepseek.com/api_keys), set it in the stack, run `pulumi up`, " +
      "and delete the old one once no client uses it.",
    check: "`aws secretsmanager list-secrets` shows when each secret was last changed, and no value.",
  },
  rateLimited: {
    wrong:
      "The service answers HTTP 429: the account's limit is reached. It is no outage, and the key is not to blame.",
    cause:
      "All clients of the account together make too many calls at once. DeepSeek: the limit shrinks with the balance.",
    nextStep:
      "Queue or spread the calls. DeepSeek: top the account up (platform.deepseek.com/top_up), which raises the limit.",
    check: "The saved log query names the connection and how often. Compare with your own clients' traffic.",
  },
  slow: {
    wrong: "This base URL answers, but takes longer than your limit on average.",
    cause: "The service is loaded (DeepSeek lets calls wait until there is capacity), or the network is slow.",
    nextStep:
      "Give clients longer time-outs or your fallback, or move load to a quieter hour. DeepSeek: see status.deepseek.com.",
    check: "The alarm's graph shows since when; the saved log query shows whether probes also fail.",
  },
};

/**
 * The anchor of an alarm's section in the runbook, without `#`: as GitHub derives it from the heading, which is the
 * alarm's title.
 */
export function runbookAnchor(kind: AlarmKind): string {
  return alarmDefinitions[kind].title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}
