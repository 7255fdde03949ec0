import { AwsClient } from "aws4fetch";
import type { Functions, Types } from "./provider.ts";
import { dashboard, metricAlarm } from "./services/cloudwatch.ts";
import { role, rolePolicy } from "./services/iam.ts";
import { key } from "./services/kms.ts";
import { functionEventInvokeConfig, getInvocation, invocation, lambdaFunction } from "./services/lambda.ts";
import { logGroup, queryDefinition } from "./services/logs.ts";
import { schedule, scheduleGroup } from "./services/scheduler.ts";
import { secret, secretVersion } from "./services/secrets.ts";
import { topic, topicPolicy, topicSubscription } from "./services/sns.ts";
import { queue } from "./services/sqs.ts";

/** Every type that the plugin supports, by its Pulumi token. */
export const types: Types = {
  "aws:cloudwatch/dashboard:Dashboard": dashboard,
  "aws:cloudwatch/logGroup:LogGroup": logGroup,
  "aws:cloudwatch/metricAlarm:MetricAlarm": metricAlarm,
  "aws:cloudwatch/queryDefinition:QueryDefinition": queryDefinition,
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
  "aws:kms/key:Key": key,
  "aws:lambda/function:Function": lambdaFunction,
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": functionEventInvokeConfig,
  "aws:lambda/invocation:Invocation": invocation,
  "aws:scheduler/schedule:Schedule": schedule,
  "aws:scheduler/scheduleGroup:ScheduleGroup": scheduleGroup,
  "aws:secretsmanager/secret:Secret": secret,
  "aws:secretsmanager/secretVersion:SecretVersion": secretVersion,
  "aws:sns/topic:Topic": topic,
  "aws:sns/topicPolicy:TopicPolicy": topicPolicy,
  "aws:sns/topicSubscription:TopicSubscription": topicSubscription,
  "aws:sqs/queue:Queue": queue,
};

const region = process.env["AWS_REGION"] ?? "";

/** Every function that the plugin supports. */
export const functions: Functions = {
  "aws:index/getCallerIdentity:getCallerIdentity": callerIdentity,
  "aws:index/getPartition:getPartition": async () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:index/getRegion:getRegion": async () => ({
    id: region,
    name: region,
    region,
    description: region,
    endpoint: `ec2.${region}.amazonaws.com`,
  }),
  "aws:lambda/getInvocation:getInvocation": getInvocation,
};

async function callerIdentity() {
  const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "", AWS_ENDPOINT_URL = "" } = process.env;
  const aws = new AwsClient({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    service: "sts",
    region,
  });
  const answer = await aws.fetch(AWS_ENDPOINT_URL, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
  });
  const text = await answer.text();
  const field = (name: string) => new RegExp(`<${name}>([^<]+)<`).exec(text)?.[1];
  const accountId = field("Account");
  if (accountId === undefined) throw new Error(`GetCallerIdentity failed with HTTP ${answer.status}.`);
  return { id: accountId, accountId, arn: field("Arn"), userId: field("UserId") };
}
