import * as kms from "@pulumi/aws/kms";
import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { Severity } from "../arguments.ts";
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
  /** The topic that the monitor created, if any. */
  readonly ownTopic: sns.Topic | undefined;
  /** What an alarm needs before it can send alerts. */
  readonly ready: readonly pulumi.Resource[];
}

/** Creates one topic for all severities for which the user gives none. */
export function createNotifications(parent: pulumi.Resource, options: NotificationOptions): Notifications {
  const { page, ticket } = options;
  if (page !== undefined && ticket !== undefined) {
    return { topics: { [Severity.Page]: page, [Severity.Ticket]: ticket }, ownTopic: undefined, ready: [] };
  }
  const { topic, policy } = createTopic(parent, options);
  for (const email of options.emails) subscribe(parent, options.name, topic, email);
  return {
    topics: { [Severity.Page]: page ?? topic.arn, [Severity.Ticket]: ticket ?? topic.arn },
    ownTopic: topic,
    ready: [policy],
  };
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

function subscribe(parent: pulumi.Resource, name: string, topic: sns.Topic, email: string): void {
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
}
