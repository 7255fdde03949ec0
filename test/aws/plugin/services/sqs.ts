import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { outside, unlike } from "../limits.ts";
import { resourceType } from "../resource.ts";

const sqs = new SQSClient();

interface Queue {
  name: string;
  kmsMasterKeyId?: string;
  messageRetentionSeconds?: number;
  sqsManagedSseEnabled?: boolean;
  tags?: Record<string, string>;
}

function attributes({ kmsMasterKeyId, messageRetentionSeconds, sqsManagedSseEnabled }: Queue): Record<string, string> {
  const entries = Object.entries({
    KmsMasterKeyId: kmsMasterKeyId,
    MessageRetentionPeriod: messageRetentionSeconds,
    SqsManagedSseEnabled: sqsManagedSseEnabled,
  }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

export const queue = resourceType<Queue>({
  inputs: ["name", "kmsMasterKeyId", "messageRetentionSeconds", "sqsManagedSseEnabled", "tags"],
  name: { input: "name", longest: 80 },
  fixed: ["name", "tags"],
  // Source: SQS API reference, CreateQueue.
  limits: ({ name, messageRetentionSeconds }) => [
    unlike(/^[A-Za-z0-9_-]{1,80}$/, "the queue's name", name),
    outside(60, 1_209_600, "the messages' retention", messageRetentionSeconds),
  ],
  async create(inputs) {
    const request = { QueueName: inputs.name, Attributes: attributes(inputs), tags: inputs.tags };
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand(request));
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
    return { id: QueueUrl, outputs: { url: QueueUrl, arn: Attributes?.["QueueArn"] } };
  },
  async update(id, inputs) {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: id, Attributes: attributes(inputs) }));
    return undefined;
  },
  delete: (id) => sqs.send(new DeleteQueueCommand({ QueueUrl: id })),
});
