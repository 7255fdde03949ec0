import { randomUUID } from "node:crypto";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { longerThan, unlike } from "../limits.ts";
import { resourceType } from "../resource.ts";

const logs = new CloudWatchLogsClient();

interface LogGroup {
  name: string;
  retentionInDays?: number;
  kmsKeyId?: string;
  tags?: Record<string, string>;
}

/** Source: CloudWatch Logs API reference, PutRetentionPolicy; 0 means 'for ever' in the provider. */
const retentions = "0 1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653".split(" ");

async function putRetention({ name, retentionInDays }: LogGroup) {
  if (!retentionInDays) return;
  await logs.send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays }));
}

export const logGroup = resourceType<LogGroup>({
  inputs: ["name", "retentionInDays", "kmsKeyId", "tags"],
  name: { input: "name", longest: 512 },
  fixed: ["name", "kmsKeyId", "tags"],
  // Source: CloudWatch Logs API reference, CreateLogGroup.
  limits: ({ name, retentionInDays }) => [
    unlike(/^[.\-_/#A-Za-z0-9]{1,512}$/, "the log group's name", name),
    !retentions.includes(String(retentionInDays ?? 0)) && `logs cannot be kept for ${retentionInDays} days`,
  ],
  async create(inputs) {
    const { name, kmsKeyId, tags } = inputs;
    await logs.send(new CreateLogGroupCommand({ logGroupName: name, kmsKeyId, tags }));
    await putRetention(inputs);
    const arn = `arn:aws:logs:${process.env["AWS_REGION"]}:${process.env["AWS_ACCOUNT_ID"]}:log-group:${name}`;
    return { id: name, outputs: { arn } };
  },
  async update(_id, inputs) {
    await putRetention(inputs);
    return undefined;
  },
  delete: (id) => logs.send(new DeleteLogGroupCommand({ logGroupName: id })),
});

interface QueryDefinition {
  name: string;
  queryString: string;
  logGroupNames?: string[];
}

export const queryDefinition = resourceType<QueryDefinition>({
  inputs: ["name", "queryString", "logGroupNames"],
  name: { input: "name", longest: 255 },
  fixed: [],
  // Source: CloudWatch Logs API reference, PutQueryDefinition.
  limits: ({ name, queryString }) => [
    longerThan(255, "the query's name", name),
    longerThan(10_000, "the query", queryString),
  ],
  // ministack has no PutQueryDefinition: the query is only validated and kept in the stack's state.
  create: async ({ name }) => ({ id: name, outputs: { queryDefinitionId: randomUUID() } }),
  update: async () => undefined,
});
