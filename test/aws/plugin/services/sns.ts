import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { heavierThan, longerThan, notJson, unlike } from "../limits.ts";
import { resourceType, tagList } from "../resource.ts";

const sns = new SNSClient();

interface Topic {
  name: string;
  displayName?: string;
  kmsMasterKeyId?: string;
  policy?: string;
  tags?: Record<string, string>;
}

function attributes({ displayName, kmsMasterKeyId, policy }: Topic): [name: string, value: string | undefined][] {
  return [
    ["DisplayName", displayName],
    ["KmsMasterKeyId", kmsMasterKeyId],
    ["Policy", policy],
  ];
}

export const topic = resourceType<Topic>({
  inputs: ["name", "displayName", "kmsMasterKeyId", "policy", "tags"],
  name: { input: "name", longest: 256 },
  documents: ["policy"],
  fixed: ["name", "tags"],
  // Source: SNS API reference, CreateTopic and SetTopicAttributes.
  limits: ({ name, displayName, policy }) => [
    unlike(/^[A-Za-z0-9_-]{1,256}$/, "the topic's name", name),
    longerThan(100, "the topic's display name", displayName),
    notJson("the topic's policy", policy),
  ],
  async create(inputs) {
    const given = attributes(inputs).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const request = { Name: inputs.name, Attributes: Object.fromEntries(given), Tags: tagList(inputs.tags) };
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand(request));
    return { id: TopicArn, outputs: { arn: TopicArn, owner: TopicArn.split(":")[4] } };
  },
  async update(id, inputs) {
    for (const [AttributeName, AttributeValue] of attributes(inputs)) {
      await sns.send(
        new SetTopicAttributesCommand({ TopicArn: id, AttributeName, AttributeValue: AttributeValue ?? "" }),
      );
    }
    return undefined;
  },
  delete: (id) => sns.send(new DeleteTopicCommand({ TopicArn: id })),
});

interface TopicPolicy {
  arn: string;
  policy: string;
}

async function putPolicy({ arn, policy }: TopicPolicy) {
  const request = { TopicArn: arn, AttributeName: "Policy", AttributeValue: policy };
  await sns.send(new SetTopicAttributesCommand(request));
}

export const topicPolicy = resourceType<TopicPolicy>({
  inputs: ["arn", "policy"],
  documents: ["policy"],
  fixed: ["arn"],
  // Source: SNS quotas, topic policy.
  limits: ({ policy }) => [heavierThan(30_720, "the topic's policy", policy), notJson("the topic's policy", policy)],
  async create(inputs) {
    await putPolicy(inputs);
    return { id: inputs.arn, outputs: { owner: inputs.arn.split(":")[4] } };
  },
  async update(_id, inputs) {
    await putPolicy(inputs);
    return undefined;
  },
});

interface TopicSubscription {
  topic: string;
  protocol: string;
  endpoint: string;
  filterPolicy?: string;
  filterPolicyScope?: string;
}

export const topicSubscription = resourceType<TopicSubscription>({
  inputs: ["topic", "protocol", "endpoint", "filterPolicy", "filterPolicyScope"],
  documents: ["filterPolicy"],
  fixed: ["topic", "protocol", "endpoint"],
  limits: ({ filterPolicy }) => [
    notJson("the filter policy", filterPolicy),
    // Source: SNS developer guide, 'Filter policy constraints': names of a filter policy, 256 kB.
    heavierThan(256 * 1024, "the filter policy", filterPolicy),
  ],
  async create({ topic, protocol, endpoint, filterPolicy, filterPolicyScope }) {
    const given = Object.entries({ FilterPolicyScope: filterPolicyScope, FilterPolicy: filterPolicy });
    const { SubscriptionArn = "" } = await sns.send(
      new SubscribeCommand({
        TopicArn: topic,
        Protocol: protocol,
        Endpoint: endpoint,
        Attributes: Object.fromEntries(given.filter((entry): entry is [string, string] => entry[1] !== undefined)),
        ReturnSubscriptionArn: true,
      }),
    );
    const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    const pendingConfirmation = Attributes?.["PendingConfirmation"] === "true";
    return { id: SubscriptionArn, outputs: { arn: SubscriptionArn, pendingConfirmation } };
  },
  async update(id, { filterPolicy, filterPolicyScope }) {
    const values = { FilterPolicyScope: filterPolicyScope, FilterPolicy: filterPolicy };
    for (const [AttributeName, AttributeValue] of Object.entries(values)) {
      const request = { SubscriptionArn: id, AttributeName, AttributeValue };
      await sns.send(new SetSubscriptionAttributesCommand(request));
    }
    return undefined;
  },
  delete: (id) => sns.send(new UnsubscribeCommand({ SubscriptionArn: id })),
});
