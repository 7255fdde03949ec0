import { type AlarmsArgs, type BalanceAmounts, Severity } from "../arguments.ts";
import { Detail, type MetricName, metricNames, metricOf } from "../metrics.ts";

/** An alarm by its name in the monitor's `alarms` argument. */
export type AlarmKind = keyof AlarmsArgs;

/** An alarm as it is defined, before the user's settings and the schedule are applied to it. */
export interface AlarmDefinition {
  /** The gauge that it watches. */
  readonly metric: MetricName;
  /** `Range` is Maximum − Minimum, computed by a metric expression. */
  readonly statistic: "Maximum" | "Minimum" | "Average" | "Range";
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
  /** What a missing gauge means: `ignore` keeps the alarm's state; `breaching` counts as a failure (silence only). */
  readonly missingData: "ignore" | "breaching";
  /** Who is alerted. */
  readonly severity: Severity;
  /** Whether the alarm is on by default. */
  readonly byDefault: boolean;
  /** The last part of the alarm's name. */
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
} as const satisfies Readonly<Record<AlarmKind, AlarmDefinition>>;

export const alarmKinds = Object.keys(alarmDefinitions) as readonly AlarmKind[];

/** An alarm whose limit is an amount by currency. */
export type BalanceAlarmKind = "lowBalance" | "balanceFallsFast";

/** Whether an alarm's limit is an amount by currency. */
export function isOnBalance(kind: AlarmKind): kind is BalanceAlarmKind {
  return kind === "lowBalance" || kind === "balanceFallsFast";
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

/** The optional gauges that an alarm or the dashboard reads. The others are not written, to save their cost. */
export function gaugesRead(alarms: AlarmsArgs, dashboard: boolean): readonly MetricName[] {
  const watched = new Set(
    alarmKinds.filter((kind) => isEnabled(kind, alarms)).map((kind) => alarmDefinitions[kind].metric),
  );
  return metricNames.filter((name) => {
    const { optional, graph } = metricOf(name);
    return optional && (watched.has(name) || (dashboard && graph !== undefined));
  });
}

/** The text of an alarm: one or two short sentences in each part, at most 600 characters in total. */
export interface AlarmText {
  /** What is wrong. */
  readonly wrong: string;
  /** The likely causes, most likely first. */
  readonly cause: string;
  /** What to do now. */
  readonly nextStep: string;
  /** How to verify this by hand, without a key in a shell. */
  readonly check: string;
}

/**
 * The texts of all alarms. They must be true for DeepSeek and for a gateway, for one connection and for a shard, and for any
 * threshold or schedule. So they contain no counts, and say 'DeepSeek:' before anything that applies to DeepSeek only.
 */
export const alarmTexts: Readonly<Record<AlarmKind, AlarmText>> = {
  keyRejected: {
    wrong:
      "The service rejects an API key (HTTP 401, confirmed by a second call). Other connections may share the key: the log has all.",
    cause:
      "The key was revoked or replaced elsewhere, or a wrong value was stored. An outage of the service can look like this, too.",
    nextStep:
      "Create a new key (DeepSeek: platform.deepseek.com/api_keys), set it in the stack and run `pulumi up`. " +
      "The monitor reads it in its next run.",
    check:
      "The saved log query shows the connections and trace ids. If other keys work at this base URL, the key is the cause.",
  },
  allKeysRejected: {
    wrong: "The service rejects every key that this monitor has for this base URL (HTTP 401, two or more keys).",
    cause:
      "Either all keys were revoked or the account was closed, or the service has an outage in which it rejects valid keys.",
    nextStep:
      "If the keys were revoked, create new ones (DeepSeek: platform.deepseek.com/api_keys), set them in the stack and run " +
      "`pulumi up`. In an outage, do not change the keys: switch to your fallback.",
    check:
      "Create one new key and try it: if it is rejected too, it is an outage. If the console still lists the old keys, that suggests " +
      "an outage, too (DeepSeek: see status.deepseek.com).",
  },
  unfunded: {
    wrong:
      "The key works, but the account has insufficient balance: the service refuses paid calls (HTTP 402). " +
      "Other connections may share the key.",
    cause: "The prepaid balance is used up: more traffic than planned, a failed top-up, or a leaked key.",
    nextStep:
      "Top up the account (DeepSeek: platform.deepseek.com/top_up). If the spending was not yours, replace the key first.",
    check: "The saved log query shows the connection. DeepSeek: platform.deepseek.com/usage shows the spending.",
  },
  misconfigured: {
    wrong: "The service refuses the model or the base URL: HTTP 400, 404, 422 or a redirect.",
    cause: "The model was renamed or retired, the base URL is wrong, or a gateway was changed.",
    nextStep:
      "Set a model that the service lists, or correct the base URL, and run `pulumi up`. " +
      "DeepSeek announces retired models on api-docs.deepseek.com/updates.",
    check:
      "The saved log query shows the connection, the status and the refused input. `pulumi preview` makes the same check.",
  },
  serviceFailing: {
    wrong: "Many probes of this base URL fail: server errors, timeouts, unreadable replies or no connection.",
    cause: "The service is overloaded or has an incident. Less often, there is a network or DNS problem.",
    nextStep:
      "Do not change the keys. Make sure that clients retry with backoff, or switch to your fallback. " +
      "DeepSeek: see status.deepseek.com, which can show no incident during a real outage.",
    check: "The saved log query shows the causes and trace ids; the alarm's graph shows when it began.",
  },
  serviceDown: {
    wrong: "Most probes of this base URL have failed for a long time: server errors, timeouts or no connection.",
    cause: "The service has an incident. Less often, there is a network or DNS problem.",
    nextStep:
      "Switch clients to your fallback and inform your users. Do not change the keys. " +
      "DeepSeek: see status.deepseek.com, and send the trace ids to its support.",
    check:
      "The saved log query shows the causes and trace ids. If another base URL works, your network is not the cause.",
  },
  serviceUnstable: {
    wrong: "This base URL fails repeatedly: each failure is short, but many calls fail.",
    cause: "The service lacks capacity, or a gateway restarts or times out.",
    nextStep:
      "Make sure that clients retry with backoff and that their timeouts allow it, or move load to a quieter hour. " +
      "DeepSeek: see status.deepseek.com. Do not change the keys.",
    check: "The alarm's graph shows the pattern; the saved log query shows the causes.",
  },
  monitorSilent: {
    wrong:
      "Some or all connections of this shard are not being probed. Until this clears, do not trust their other alarms.",
    cause:
      "A secret was deleted or cannot be read, the function fails or is throttled, or the schedule was disabled or deleted.",
    nextStep:
      "Restore what is missing (`aws secretsmanager restore-secret` for a deleted secret) " +
      "and run `pulumi up --refresh`.",
    check:
      "The saved log query names each secret that cannot be read. If there are no log lines, " +
      "check the schedule, the function's errors and the dead-letter queue.",
  },
  lowBalance: {
    wrong: "An account's balance is below your limit. Calls still work.",
    cause: "Normal use without a top-up, or more use than planned.",
    nextStep:
      "Top up the account (DeepSeek: platform.deepseek.com/top_up). " +
      "Do not wait long: DeepSeek allows fewer concurrent calls as the balance falls.",
    check:
      "The alarm's graph shows how fast the balance falls. DeepSeek: platform.deepseek.com/usage shows the spending.",
  },
  balanceFallsFast: {
    wrong: "An account's balance changed by more than your limit within one period of this alarm.",
    cause: "Heavy use, somebody else spending with a leaked key, or a top-up, which also changes the balance.",
    nextStep:
      "If it was neither a top-up nor your own use, replace the key now (DeepSeek: platform.deepseek.com/api_keys): " +
      "set a new one in the stack, run `pulumi up`, and delete the old one.",
    check:
      "The alarm's graph shows the direction. DeepSeek: platform.deepseek.com/usage shows the spending by time and model.",
  },
  keyDueForRotation: {
    wrong: "The oldest key is older than your limit. It still works.",
    cause: "The key was not replaced in time. Without `keyCreatedAt`, a key counts from the last change of its secret.",
    nextStep:
      "Create a new key (DeepSeek: platform.deepseek.com/api_keys), set it in the stack, run `pulumi up`, " +
      "and delete the old one once no client uses it.",
    check: "Compare `keyCreatedAt` of the connections. A secret of your own counts from its last change.",
  },
  rateLimited: {
    wrong:
      "The service answers HTTP 429: the account's limit is reached. The service is up, and the key is not the cause.",
    cause:
      "All clients of the account together make too many concurrent calls. DeepSeek: the limit falls with the balance.",
    nextStep:
      "Queue or spread the calls. DeepSeek: top up the account (platform.deepseek.com/top_up), which raises the limit.",
    check: "The saved log query shows the connection and how often it happens. Compare with your own clients' traffic.",
  },
  slow: {
    wrong: "This base URL answers, but its average latency is above your limit.",
    cause: "The service is under load (DeepSeek holds calls until it has capacity), or the network is slow.",
    nextStep:
      "Give clients longer timeouts, switch to your fallback, or move load to a quieter hour. DeepSeek: see status.deepseek.com.",
    check: "The alarm's graph shows when it began; the saved log query shows whether probes also fail.",
  },
};

/**
 * The anchor of an alarm's section in the runbook, without `#`, as GitHub derives it from the heading. The heading is the
 * alarm's title.
 */
export function runbookAnchor(kind: AlarmKind): string {
  return alarmDefinitions[kind].title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}
