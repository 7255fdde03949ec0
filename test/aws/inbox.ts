import { SubscribeCommand, UnsubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import type { Clients } from "./clients.ts";

/** A message that CloudWatch sends to a topic. Source: CloudWatch user guide, 'SNS notification schema for alarms'. */
type AlarmMessage = Readonly<Record<string, unknown>>;

/** A queue that receives the messages that a person on call would receive. */
export interface Inbox {
  /** Every message so far. */
  readonly all: readonly AlarmMessage[];
  /** The new messages, if any. */
  read(): Promise<readonly AlarmMessage[]>;
  close(): Promise<void>;
}

/** Subscribes a queue to a topic, with the same filter as a subscription that exists. */
export async function openInbox(
  { sns, sqs }: Clients,
  topic: string,
  like: { readonly filterPolicy?: unknown; readonly filterPolicyScope?: unknown },
): Promise<Inbox> {
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "inbox" }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  const queueArn = Attributes?.["QueueArn"] ?? "";
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: policy(queueArn, topic) } }));
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({
      TopicArn: topic,
      Protocol: "sqs",
      Endpoint: queueArn,
      Attributes: { FilterPolicyScope: String(like.filterPolicyScope), FilterPolicy: String(like.filterPolicy) },
      ReturnSubscriptionArn: true,
    }),
  );
  const all: AlarmMessage[] = [];
  return {
    all,
    async read() {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      const messages = Messages.map(({ Body = "" }): AlarmMessage => JSON.parse(JSON.parse(Body).Message));
      all.push(...messages);
      return messages;
    },
    async close() {
      await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}

/** Allows only the topic to send messages to the queue. */
function policy(queueArn: string, topic: string): string {
  const Statement = {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queueArn,
    Condition: { ArnEquals: { "aws:SourceArn": topic } },
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [Statement] });
}
