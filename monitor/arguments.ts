import type * as pulumi from "@pulumi/pulumi";
import { TestCall } from "../provider/core/values.ts";
import { Detail } from "./metrics.ts";

export { Detail, TestCall };

/** The currency of the account's balance: DeepSeek keeps accounts in one of the two. @enum */
export const Currency = {
  /** US dollars. */
  USD: "USD",
  /** Chinese yuan. */
  CNY: "CNY",
} as const;
export type Currency = (typeof Currency)[keyof typeof Currency];

/** Who is alerted. @enum */
export const Severity = {
  /** Wakes somebody up. */
  Page: "page",
  /** Waits for the morning. */
  Ticket: "ticket",
} as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

/** A connection that is to be probed: a `DeepSeekConnection` fits, and so does a plain object. */
export interface MonitoredConnectionArgs {
  /** The API key, of which the monitor keeps a copy in AWS Secrets Manager. @default none: then `secretArn` is needed */
  readonly apiKey?: pulumi.Input<string> | undefined;
  /**
   * The complete ARN (with its six random characters) of a secret in AWS Secrets Manager that holds the key already,
   * instead of `apiKey`. A key of KMS that encrypts it must let this account's IAM policies decide, or name the function's
   * role.
   *
   * @default none: then `apiKey` is needed
   */
  readonly secretArn?: pulumi.Input<string> | undefined;
  /** The property that holds the key, if the secret at `secretArn` is a JSON object. @default the whole secret is the key */
  readonly secretField?: string | undefined;
  /** The address of the service, as a `DeepSeekConnection` takes it. @default `https://api.deepseek.com` */
  readonly baseUrl?: pulumi.Input<string> | undefined;
  /** The model of the test call. @default the first one that the service lists */
  readonly defaultModel?: pulumi.Input<string | undefined> | undefined;
  /** The name in alerts, 1 to 100 characters. @default the connection's name in `connections` */
  readonly displayName?: pulumi.Input<string> | undefined;
  /** When the key was made (ISO 8601), for the alarm `keyDueForRotation`. @default when the secret was stored */
  readonly keyCreatedAt?: pulumi.Input<string | undefined> | undefined;
}

/** Who is alerted. Without any of it the monitor's own topic has no subscriber: subscribe to its output `alertTopic`. */
export interface NotifyArgs {
  /**
   * Addresses that get an email of each alarm and each recovery, through the topic that the monitor makes. Each must be
   * confirmed by the link in the first email. They get only the severities for which no topic of your own is given.
   *
   * @default nobody
   */
  readonly emails?: string[] | undefined;
  /**
   * ARN of a standard SNS topic of your own for the alarms that wake somebody up. Its policy must let the service
   * `cloudwatch.amazonaws.com` do `sns:Publish`. If it is encrypted, then by a key whose policy lets the same service do
   * `kms:Decrypt` and `kms:GenerateDataKey*`: the AWS-managed key `alias/aws/sns` cannot be used.
   *
   * @default the topic that the monitor makes
   */
  readonly page?: pulumi.Input<string> | undefined;
  /** The same for the alarms that wait for the morning. Both may be one topic. @default the topic that the monitor makes */
  readonly ticket?: pulumi.Input<string> | undefined;
}

/** What may be changed about an alarm. */
export interface AlarmArgs {
  /** Whether the alarm exists. An alarm that is off by default is switched on by this alone. @default see `AlarmsArgs` */
  readonly enabled?: boolean | undefined;
  /** Who is alerted. @default as in the runbook's table */
  readonly severity?: Severity;
  /**
   * The limit, above 0. A share of probes (at most 1) for the alarms on keys, the service and the monitor; an amount in
   * `balanceCurrency`, days or milliseconds for those that say so.
   *
   * @default as in the runbook; none for the balance, where only you know it
   */
  readonly threshold?: number | undefined;
}

/** What may be changed about the alarms; see the runbook for what each of them says. */
export interface AlarmsArgs {
  /** The service rejects the key. @default on, as a page */
  readonly keyRejected?: AlarmArgs | undefined;
  /** The key works and the account has insufficient balance. @default on, as a page */
  readonly unfunded?: AlarmArgs | undefined;
  /** The service refuses the model or the address. @default on, as a ticket */
  readonly misconfigured?: AlarmArgs | undefined;
  /** Half of the probes of a base URL fail for minutes. @default on, as a ticket */
  readonly serviceFailing?: AlarmArgs | undefined;
  /** The same for a quarter of an hour. @default on, as a page */
  readonly serviceDown?: AlarmArgs | undefined;
  /** A quarter of the probes of a base URL fail, over three quarters of an hour. @default on, as a ticket */
  readonly serviceUnstable?: AlarmArgs | undefined;
  /** Connections are not probed. @default on, as a page */
  readonly monitorSilent?: AlarmArgs | undefined;
  /** The balance is below `threshold`, in `balanceCurrency`. Needs the threshold. @default off; as a ticket */
  readonly lowBalance?: AlarmArgs | undefined;
  /**
   * The balance moves by more than `threshold` an hour, in `balanceCurrency`. Needs the threshold; not in fleet detail.
   *
   * @default off; as a ticket
   */
  readonly balanceFallsFast?: AlarmArgs | undefined;
  /** The oldest key is older than `threshold` days (90). @default off; as a ticket */
  readonly keyDueForRotation?: AlarmArgs | undefined;
  /** The account's limit is reached in half of the probes. @default off; as a ticket */
  readonly rateLimited?: AlarmArgs | undefined;
  /** The test call takes longer than `threshold` milliseconds (10,000) on average. @default off; as a ticket */
  readonly slow?: AlarmArgs | undefined;
}

/**
 * The arguments of a `DeepSeekMonitor`. Everything that is wrong with them is reported at once, each by its place and with
 * what to do; a value that is known only later (an output) is checked as soon as it is known.
 */
export interface DeepSeekMonitorArgs {
  /** The connections by name. A name is 1 to 32 characters of A–Z a–z 0–9 _ . - and stands in metrics, alarms and logs. */
  readonly connections: Record<string, MonitoredConnectionArgs>;
  /**
   * How often each connection is probed: `rate(1 minute)` to `rate(60 minutes)` or `rate(1 hour)`. No cron expressions:
   * alarms need a steady rate. The periods of the alarms stretch with it.
   *
   * @default `rate(1 minute)`
   */
  readonly scheduleExpression?: string | undefined;
  /** Which calls each probe makes: `"chat"` ends with the test call, `"models"` makes the free calls alone. @default `"chat"` */
  readonly testCall?: TestCall;
  /** Who is alerted. @default nobody: a topic is made, to which you can subscribe */
  readonly notify?: NotifyArgs | undefined;
  /** What differs from the usual alarms. @default see `AlarmsArgs` */
  readonly alarms?: AlarmsArgs | undefined;
  /**
   * The page that alerts link to, https, at most 300 characters; each alarm's anchor is added.
   *
   * @default this package's own runbook, `monitor/RUNBOOK.md`
   */
  readonly runbookUrl?: string | undefined;
  /**
   * ARN of your own KMS key, which encrypts the topic and the secrets. Its policy must let `cloudwatch.amazonaws.com` do
   * `kms:Decrypt` and `kms:GenerateDataKey*`, and must let this account's IAM policies decide for the rest.
   *
   * @default a new key for the topic; the AWS-managed key of Secrets Manager for the secrets
   */
  readonly kmsKeyArn?: pulumi.Input<string> | undefined;
  /** Days for which logs are kept, one of CloudWatch's choices: 1, 3, 5, 7, 14, 30, 60, 90, … @default 30 days */
  readonly logRetentionDays?: number | undefined;
  /**
   * Is asked (GET, https, at most 1,000 characters) after each complete run of a shard: an outside dead-man's switch, the
   * only answer to trouble of the whole Region. Its path stands in the function's environment and in no log.
   *
   * @default none
   */
  readonly heartbeatUrl?: pulumi.Input<string> | undefined;
  /** Whether there is a dashboard ($3 a month, and the gauges that only it reads). @default `true` */
  readonly dashboard?: boolean | undefined;
  /** How fine gauges, alarms and secrets are. @default `"connection"`, above 200 connections `"fleet"` */
  readonly detail?: Detail;
  /** The currency of the balance in alarms. @default `"USD"` */
  readonly balanceCurrency?: Currency;
}
