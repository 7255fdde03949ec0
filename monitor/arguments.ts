import type * as pulumi from "@pulumi/pulumi";
import { TestCall } from "../provider/core/values.ts";
import { Detail } from "./metrics.ts";

export { Detail, TestCall };

/** The currency of the account's balance. A DeepSeek account uses one of the two. @enum */
export const Currency = {
  /** US dollars. */
  USD: "USD",
  /** Chinese yuan. */
  CNY: "CNY",
} as const;
export type Currency = (typeof Currency)[keyof typeof Currency];

/** How urgent an alarm is. Each severity can have its own topic. @enum */
export const Severity = {
  /** Wakes somebody up. */
  Page: "page",
  /** Waits until the morning. */
  Ticket: "ticket",
} as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

/** A connection to probe: either a `DeepSeekConnection` or a plain object. */
export interface MonitoredConnectionArgs {
  /** The API key. The monitor stores a copy in AWS Secrets Manager. @default none; `secretArn` is then required */
  readonly apiKey?: pulumi.Input<string> | undefined;
  /**
   * The complete ARN (with its six random characters) of an existing secret in AWS Secrets Manager that contains the key, to
   * use instead of `apiKey`. If a customer-managed KMS key encrypts the secret, its policy must delegate to this account's IAM
   * policies or name the function's role.
   *
   * @default none; `apiKey` is then required
   */
  readonly secretArn?: pulumi.Input<string> | undefined;
  /**
   * The property that contains the key, if the secret at `secretArn` is a JSON object. For a connection with headers, the secret
   * or this property is an object such as `{"apiKey": "…", "headers": {"x-portkey-provider": "deepseek"}}`.
   *
   * @default the whole secret is the key
   */
  readonly secretField?: string | undefined;
  /** The address of the service, as in `DeepSeekConnection`. @default `https://api.deepseek.com` */
  readonly baseUrl?: pulumi.Input<string> | undefined;
  /**
   * Extra headers of each call, as in `DeepSeekConnection`. The monitor stores them in AWS Secrets Manager, together with the key.
   * Not with `secretArn`; see `secretField`.
   *
   * @default none
   */
  readonly headers?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>> | undefined> | undefined;
  /**
   * Whether `baseUrl` may be plain http to other machines, as in `DeepSeekConnection`. Each deployment then warns.
   *
   * @default `false`
   */
  readonly allowInsecureHttp?: pulumi.Input<boolean | undefined> | undefined;
  /** The model of the test call. @default the first one that the service lists */
  readonly defaultModel?: pulumi.Input<string | undefined> | undefined;
  /** The name in alerts, 1 to 100 characters. @default the connection's name in `connections` */
  readonly displayName?: pulumi.Input<string> | undefined;
  /**
   * When the key was created (ISO 8601), for the alarm `keyDueForRotation`.
   *
   * @default when the secret was last stored: with `apiKey`, that is when any connection of its shard last changed
   */
  readonly keyCreatedAt?: pulumi.Input<string | undefined> | undefined;
}

/** The VPC in which the function runs. */
export interface VpcArgs {
  /** The ids of 1 to 16 subnets with a route to the service, to AWS Secrets Manager and to AWS SNS. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** The ids of 1 to 5 security groups that allow outgoing https. */
  readonly securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
}

/** Who is alerted. If you set nothing here, the monitor's topic has no subscribers: add your own to the output `alertTopic`. */
export interface NotifyArgs {
  /**
   * Addresses that receive an email for each alarm and each recovery, through the topic that the monitor creates. Each recipient
   * must open the confirmation link in the first email. If you set `page` or `ticket`, alarms of that severity go only to your
   * topic.
   *
   * Each email has an unsubscribe link that works without a login, and mail scanners that follow links can unsubscribe the
   * recipient. So prefer `page` and `ticket`, with topics to which a pager or a chat tool is subscribed. The function counts the
   * subscriptions once a day: it reports a lost or pending one in its log, and `pulumi up` reports it as a warning.
   *
   * @default no emails are sent
   */
  readonly emails?: string[] | undefined;
  /**
   * ARN of your own standard SNS topic for alarms that wake somebody up. Its policy must allow `sns:Publish` to the service
   * `cloudwatch.amazonaws.com` and, in another account, `sns:GetTopicAttributes` to the function's role, which counts its
   * subscriptions. If the topic is encrypted, the policy of its key must allow `kms:Decrypt` and
   * `kms:GenerateDataKey*` to the same service. The AWS-managed key `alias/aws/sns` cannot be used.
   *
   * @default the topic that the monitor creates
   */
  readonly page?: pulumi.Input<string> | undefined;
  /**
   * The same for alarms that wait until the morning. `page` and `ticket` can be the same topic.
   *
   * @default the topic that the monitor creates
   */
  readonly ticket?: pulumi.Input<string> | undefined;
}

/** The settings of an alarm. */
export interface AlarmArgs {
  /** Whether the alarm exists. Set it to `true` for an alarm that is off by default. @default see `AlarmsArgs` */
  readonly enabled?: boolean | undefined;
  /** How urgent the alarm is. @default as in the runbook's table */
  readonly severity?: Severity;
  /**
   * The limit, above 0. `AlarmsArgs` names its unit: days or milliseconds. If it names none, the limit is a share, at most 1.
   *
   * @default as in the runbook
   */
  readonly threshold?: number | undefined;
}

/** The settings of an alarm on a topic. It goes to the other topic, so its severity cannot be set. */
export interface TopicAlarmArgs {
  /** Whether the alarm exists. @default `true`, if pages and tickets have different topics */
  readonly enabled?: boolean | undefined;
}

/** An amount of money for each currency, above 0. A DeepSeek account uses one of the two. */
export interface BalanceAmounts {
  /** The amount for an account in US dollars. @default see the alarm */
  readonly USD?: number | undefined;
  /** The amount for an account in Chinese yuan. @default see the alarm */
  readonly CNY?: number | undefined;
}

/** The settings of an alarm on the balance. */
export interface BalanceAlarmArgs {
  /** Whether the alarm exists. Set it to `true` for an alarm that is off by default. @default see `AlarmsArgs` */
  readonly enabled?: boolean | undefined;
  /** How urgent the alarm is. @default as in the runbook's table */
  readonly severity?: Severity;
  /** The limit by currency, such as `{ USD: 5, CNY: 35 }`. @default see `AlarmsArgs` */
  readonly threshold?: BalanceAmounts | undefined;
}

/** The settings of all alarms. The runbook describes each alarm. */
export interface AlarmsArgs {
  /** The service rejects the key. @default on, as a page */
  readonly keyRejected?: AlarmArgs | undefined;
  /** The service rejects all keys of a base URL, two or more: they were revoked, or it has an outage. @default on, as a page */
  readonly allKeysRejected?: AlarmArgs | undefined;
  /** The key works, but the account has insufficient balance. @default on, as a page */
  readonly unfunded?: AlarmArgs | undefined;
  /** The service refuses the model or the address. @default on, as a ticket */
  readonly misconfigured?: AlarmArgs | undefined;
  /** At least half of the probes of a base URL fail for about 5 minutes. @default on, as a ticket */
  readonly serviceFailing?: AlarmArgs | undefined;
  /** At least half of the probes of a base URL fail for about 14 minutes. @default on, as a page */
  readonly serviceDown?: AlarmArgs | undefined;
  /**
   * At least a quarter of the probes of a base URL fail for about 37 minutes, but not all of them. The threshold must be below
   * 0.85: from there on, *service down* fires.
   *
   * @default on, as a ticket
   */
  readonly serviceUnstable?: AlarmArgs | undefined;
  /** Connections are not being probed. @default on, as a page */
  readonly monitorSilent?: AlarmArgs | undefined;
  /**
   * The balance is not above `threshold`. A currency that you leave out keeps its default: 2 US dollars, 15 yuan.
   *
   * @default on, as a ticket
   */
  readonly lowBalance?: BalanceAlarmArgs | undefined;
  /**
   * The balance changes by more than `threshold` an hour. The threshold is required. Set it for the currency of your accounts.
   * Not available in fleet detail.
   *
   * @default off; a ticket if enabled
   */
  readonly balanceFallsFast?: BalanceAlarmArgs | undefined;
  /**
   * The oldest key is older than `threshold` days (90). Set `keyCreatedAt` for each connection.
   *
   * @default off; a ticket if enabled
   */
  readonly keyDueForRotation?: AlarmArgs | undefined;
  /** At least half of the probes are rate limited (HTTP 429) for about 23 minutes. @default on, as a ticket */
  readonly rateLimited?: AlarmArgs | undefined;
  /** The test call takes longer than `threshold` milliseconds (10,000) on average. @default off; a ticket if enabled */
  readonly slow?: AlarmArgs | undefined;
  /**
   * A topic has fewer subscriptions than expected: one for each address in `emails`, at least one for your own topic. It exists
   * only if pages and tickets have different topics, and is sent to the other one: about the topic of tickets, as a page.
   *
   * @default on, as a ticket
   */
  readonly subscriptionLost?: TopicAlarmArgs | undefined;
  /** The same for messages that SNS failed to deliver. @default on, as a ticket */
  readonly deliveryFailed?: TopicAlarmArgs | undefined;
}

/**
 * The arguments of a `DeepSeekMonitor`. All problems are reported at once, each with its place and what to do. A value that is
 * known only later (an output) is checked as soon as it is known.
 */
export interface DeepSeekMonitorArgs {
  /** The connections by name. A name has 1 to 32 characters of A–Z a–z 0–9 _ . - and appears in metrics, alarms and logs. */
  readonly connections: Record<string, MonitoredConnectionArgs>;
  /**
   * How often each connection is probed: `rate(1 minute)` to `rate(60 minutes)`, or `rate(1 hour)`. Cron expressions are not
   * supported, because alarms need a constant rate. A slower rate makes the periods of the alarms longer.
   *
   * @default `rate(1 minute)`
   */
  readonly scheduleExpression?: string | undefined;
  /**
   * Which calls each probe makes: `"chat"` ends with the test call, `"models"` makes only the free calls. At a service that
   * lists its models to anyone, the free calls prove nothing about a key, so the alarm *key rejected* needs `"chat"` there.
   *
   * @default `"chat"`
   */
  readonly testCall?: TestCall;
  /** Who is alerted. @default nobody; the monitor creates a topic to which you can subscribe */
  readonly notify?: NotifyArgs | undefined;
  /** Changes to the default alarms. @default see `AlarmsArgs` */
  readonly alarms?: AlarmsArgs | undefined;
  /**
   * The page that alerts link to: https, at most 200 characters. Each alarm's anchor is appended unless the URL contains one.
   *
   * @default this package's own runbook, `monitor/RUNBOOK.md`, as an HTML page
   */
  readonly runbookUrl?: string | undefined;
  /**
   * ARN of your own KMS key, which encrypts the topic and the secrets. Its policy must allow `kms:Decrypt` and
   * `kms:GenerateDataKey*` to `cloudwatch.amazonaws.com`, and must delegate to this account's IAM policies.
   *
   * @default a new key for the topic; the AWS-managed key of Secrets Manager for the secrets
   */
  readonly kmsKeyArn?: pulumi.Input<string> | undefined;
  /**
   * The VPC in which the function runs, for a gateway that only the VPC reaches. Its subnets need a route to every base URL, to AWS
   * Secrets Manager and, to count the subscriptions of the topics, to AWS SNS: a NAT gateway, or the endpoints `secretsmanager` and
   * `sns` of the VPC. A public subnet alone gives a function no way to the internet. Log and metrics do not go through the VPC.
   *
   * @default the function is in no VPC
   */
  readonly vpc?: VpcArgs | undefined;
  /** How many days logs are kept. CloudWatch accepts 1, 3, 5, 7, 14, 30, 60, 90, … @default 30 */
  readonly logRetentionDays?: number | undefined;
  /**
   * URL of a dead man's switch outside AWS (https, at most 1,000 characters). The function calls it (GET) after each complete run
   * of a shard. Only this detects an outage of the whole Region. The URL's path is in the function's environment but never in a
   * log.
   *
   * @default none
   */
  readonly heartbeatUrl?: pulumi.Input<string> | undefined;
  /** Whether to create a dashboard. It costs $3 a month, plus the gauges that only it reads. @default `true` */
  readonly dashboard?: boolean | undefined;
  /**
   * Whether each connection or each shard has its own gauges and alarms. Above 200 connections, this argument is required: the
   * preview fails and shows what each choice costs. A change deletes alarms, and an open incident of theirs gets no recovery.
   *
   * @default `"connection"`
   */
  readonly detail?: Detail;
}
