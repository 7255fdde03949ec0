import * as kms from "@pulumi/aws/kms";
import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { Severity } from "../arguments.ts";
import type { MonitoredTopic } from "../lambda/topics.ts";
import { childName } from "../names.ts";
import type { AwsLocation } from "./aws-location.ts";
import { keyPolicy, topicPolicy } from "./iam.ts";

/**
 * The filter of subscriptions: it lets through alarms that fire or clear. It drops the change from 'insufficient data' to 'OK'
 * that each alarm makes after its first deployment.
 */
export const alertFilter = { $or: [{ NewStateValue: ["ALARM"] }, { OldStateValue: ["ALARM"] }] } as const;

interface NotificationOptions {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
  readonly location: pulumi.Output<AwsLocation>;
  readonly emails: readonly string[];
  readonly page: pulumi.Output<string> | undefined;
  readonly ticket: pulumi.Output<string> | undefined;
  readonly kmsKeyArn: pulumi.Output<string> | undefined;
}

/** The topics to which alarms publish. */
export interface Notifications {
  readonly topics: Readonly<Record<Severity, pulumi.Output<string>>>;
  /** Whether pages and tickets have different topics. Known in a preview unless both are outputs. */
  readonly areDifferent: pulumi.Output<boolean>;
  /** The distinct topics, as the function gets them. */
  readonly watched: pulumi.Output<readonly MonitoredTopic[]>;
  /** The topic that the monitor created, if any. */
  readonly ownTopic: sns.Topic | undefined;
  /** The subscriptions of the addresses in `emails`. */
  readonly subscriptions: readonly sns.TopicSubscription[];
  /** What an alarm needs before it can send alerts. */
  readonly ready: readonly pulumi.Resource[];
}

/** Creates one topic for all severities for which the user gives none. */
export function createNotifications(parent: pulumi.Resource, options: NotificationOptions): Notifications {
  const { page, ticket } = options;
  if (page !== undefined && ticket !== undefined) {
    const topics = { [Severity.Page]: page, [Severity.Ticket]: ticket };
    const areDifferent = pulumi.all([page, ticket]).apply(([ofPages, ofTickets]) => ofPages !== ofTickets);
    return { topics, areDifferent, watched: watchedOf(topics), ownTopic: undefined, subscriptions: [], ready: [] };
  }
  const { topic, policy } = createTopic(parent, options);
  const subscriptions = options.emails.map((email) => subscribe(parent, options.name, topic, email));
  const topics = { [Severity.Page]: page ?? topic.arn, [Severity.Ticket]: ticket ?? topic.arn };
  return {
    topics,
    areDifferent: pulumi.output(page !== ticket),
    watched: watchedOf(topics, { arn: topic.arn, subscriptions: options.emails.length }),
    ownTopic: topic,
    subscriptions,
    ready: [policy],
  };
}

/**
 * Returns each topic once. The monitor's own topic should have a subscription for each address, and a topic of the user's own at
 * least one.
 */
function watchedOf(
  topics: Notifications["topics"],
  own?: { readonly arn: pulumi.Output<string>; readonly subscriptions: number },
): pulumi.Output<readonly MonitoredTopic[]> {
  const { page, ticket } = topics;
  return pulumi.all([page, ticket, own?.arn]).apply(([ofPages, ofTickets, ownArn]) => {
    const bySeverity = [
      { severity: Severity.Page, arn: ofPages },
      { severity: Severity.Ticket, arn: ofTickets },
    ];
    return [...Map.groupBy(bySeverity, ({ arn }) => arn)].map(([arn, all]) => ({
      arn,
      severities: all.map(({ severity }) => severity),
      expected: own !== undefined && arn === ownArn ? own.subscriptions : 1,
    }));
  });
}

function createTopic(parent: pulumi.Resource, { name, identity, location, kmsKeyArn }: NotificationOptions) {
  const key = kmsKeyArn ?? createKey(parent, name, location).arn;
  const topic = new sns.Topic(
    name,
    {
      name: pulumi.interpolate`${identity}-alerts`,
      displayName: `DeepSeek ${name}`.slice(0, 100),
      kmsMasterKeyId: key,
    },
    { parent },
  );
  const policy = new sns.TopicPolicy(
    name,
    { arn: topic.arn, policy: pulumi.all([location, topic.arn]).apply(([known, arn]) => topicPolicy(known, arn)) },
    { parent },
  );
  return { topic, policy };
}

function createKey(parent: pulumi.Resource, name: string, location: pulumi.Output<AwsLocation>): kms.Key {
  return new kms.Key(
    name,
    {
      description: `Encrypts the alerts of the DeepSeekMonitor '${name}'`,
      enableKeyRotation: true,
      deletionWindowInDays: 7,
      policy: location.apply(keyPolicy),
    },
    { parent },
  );
}

function subscribe(parent: pulumi.Resource, name: string, topic: sns.Topic, email: string): sns.TopicSubscription {
  // Named by address, not by position, so that nobody must confirm again when another address is removed.
  const subscription = new sns.TopicSubscription(
    childName(name, email),
    {
      topic: topic.arn,
      protocol: "email",
      endpoint: email,
      filterPolicyScope: "MessageBody",
      filterPolicy: JSON.stringify(alertFilter),
    },
    { parent },
  );
  pulumi.all([subscription.urn, subscription.pendingConfirmation]).apply(([, isPending]) => {
    if (!isPending) return;
    const text = `${email} receives no alerts yet: open the link in AWS's email 'Subscription Confirmation'. If you have already opened it, run 'pulumi refresh' to clear this warning.`;
    return pulumi.log.warn(text, subscription);
  });
  return subscription;
}
