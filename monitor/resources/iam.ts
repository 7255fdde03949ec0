import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { problem } from "../../provider/core/problems.ts";
import { message } from "../argument-messages.ts";
import type { MonitoredTopic } from "../lambda/topics.ts";
import { roleName, shardSecretName } from "../names.ts";
import { refusal } from "../settings.ts";
import type { AwsLocation } from "./aws-location.ts";
import type { StoredShards } from "./keys.ts";

/** Creates the function's role. It does not depend on the monitor's identity or affect it, so it can be replaced alone. */
export function createFunctionRole(
  parent: pulumi.Resource,
  name: string,
  location: pulumi.Output<AwsLocation>,
): iam.Role {
  return new iam.Role(
    name,
    {
      description: `Role of the function of the DeepSeekMonitor '${name}'`,
      assumeRolePolicy: location.apply(functionTrust),
    },
    { parent },
  );
}

interface Grants {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
  readonly location: pulumi.Output<AwsLocation>;
  readonly role: iam.Role;
  readonly logGroupArn: pulumi.Output<string>;
  readonly given: StoredShards["given"];
  readonly kmsKeyArn: pulumi.Output<string> | undefined;
  readonly watched: pulumi.Output<readonly MonitoredTopic[]>;
  /** Set if the function is in a VPC. */
  readonly vpc: object | undefined;
}

/** Grants the function its permissions. */
export function grantFunction(
  parent: pulumi.Resource,
  { name, identity, location, role, logGroupArn, given, kmsKeyArn, watched, vpc }: Grants,
): iam.RolePolicy {
  const policy = pulumi
    .all([location, identity, logGroupArn, kmsKeyArn, pulumi.all([...given]), watched])
    .apply(([known, monitor, groupArn, keyArn, givenSecretArns, topics]) => {
      const topicArns = topics.map(({ arn }) => arn);
      const needs = { monitor, logGroupArn: groupArn, givenSecretArns, kmsKeyArn: keyArn, topicArns };
      const more = vpc === undefined ? [] : networkPermissions(known, monitor);
      return fitting(name, policyDocument([...functionPermissions(known, needs), ...more]));
    });
  return new iam.RolePolicy(name, { role: role.name, policy }, { parent });
}

/** @throws pulumi.RunError if a policy is longer than IAM allows, which requires very many secrets of the user's own */
export function fitting(monitor: string, policy: string): string {
  if (policy.length <= MAX_INLINE_POLICY) return policy;
  const text = message("role-policy-too-long", { length: policy.length, max: MAX_INLINE_POLICY });
  throw refusal(monitor, [problem("role-policy-too-long", ["connections"], text)]);
}

/** Creates the role of the schedules, with its permissions. */
export function createSchedulerRole(
  parent: pulumi.Resource,
  name: string,
  of: {
    readonly location: pulumi.Output<AwsLocation>;
    readonly scheduleGroupArn: pulumi.Output<string>;
    readonly functionArn: pulumi.Output<string>;
    readonly deadLetterQueueArn: pulumi.Output<string>;
  },
): { readonly role: iam.Role; readonly policy: iam.RolePolicy } {
  const child = roleName(name, "schedule");
  const role = new iam.Role(
    child,
    {
      description: `Role of the schedules of the DeepSeekMonitor '${name}'`,
      assumeRolePolicy: pulumi
        .all([of.location, of.scheduleGroupArn])
        .apply(([location, groupArn]) => schedulerTrust(location, groupArn)),
    },
    { parent },
  );
  const policy = pulumi
    .all([of.functionArn, of.deadLetterQueueArn])
    .apply(([functionArn, queueArn]) => schedulerPermissions(functionArn, queueArn));
  return { role, policy: new iam.RolePolicy(child, { role: role.name, policy }, { parent }) };
}

/** Returns the topic's policy: CloudWatch alarms of this account may publish to it. */
export function topicPolicy({ region, account, partition }: AwsLocation, topicArn: string): string {
  return policyDocument([
    {
      Sid: "AlarmsOfThisAccount",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topicArn,
      Condition: {
        StringEquals: { "aws:SourceAccount": account },
        ArnLike: { "aws:SourceArn": `arn:${partition}:cloudwatch:${region}:${account}:alarm:*` },
      },
    },
  ]);
}

/**
 * Returns the policy of the topic's key: CloudWatch alarms of this account may use it. The AWS-managed key does not allow that,
 * and its policy cannot be changed. In the policy of a key, the resource `*` means the key itself.
 */
export function keyPolicy({ account, partition }: AwsLocation): string {
  return policyDocument([
    {
      Sid: "AdministrationByIamPolicies",
      Effect: "Allow",
      Principal: { AWS: `arn:${partition}:iam::${account}:root` },
      Action: "kms:*",
      Resource: "*",
    },
    {
      Sid: "AlarmsOfThisAccount",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": account } },
    },
  ]);
}

/**
 * Returns the trust policy of the function's role: Lambda may assume it for this account. It is not limited to this function
 * (`aws:SourceArn`), because the role would then depend on the function's name, which is the monitor's identity.
 */
function functionTrust({ account }: AwsLocation): string {
  return policyDocument([
    {
      Sid: "LambdaOfThisAccount",
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": account } },
    },
  ]);
}

interface FunctionNeeds {
  /** The monitor's name in AWS. */
  readonly monitor: string;
  readonly logGroupArn: string;
  readonly givenSecretArns: readonly string[];
  /** The KMS key of the monitor's own secrets, unless it is that of Secrets Manager. */
  readonly kmsKeyArn: string | undefined;
  /** The topics whose subscriptions it counts. */
  readonly topicArns: readonly string[];
}

/**
 * Returns the function's permissions: to read the shards' secrets and the user's own ones, to write its log, and to count the
 * subscriptions of the topics. The shards are not
 * listed, because a policy has no room for hundreds; the function itself reads only those that exist.
 */
function functionPermissions(
  { region, account, partition, dnsSuffix }: AwsLocation,
  needs: FunctionNeeds,
): readonly Statement[] {
  const given = [...new Set(needs.givenSecretArns)];
  const own = `arn:${partition}:secretsmanager:${region}:${account}:secret:${shardSecretName(needs.monitor, "*")}`;
  const statements: Statement[] = [
    {
      Sid: "ReadKeys",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: [own, ...given],
    },
    {
      Sid: "WriteLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${needs.logGroupArn.replace(/:\*$/, "")}:*`,
    },
  ];
  const keys = [
    ...(needs.kmsKeyArn === undefined ? [] : [needs.kmsKeyArn]),
    // It is not known here which key encrypts a secret of the user's own. That of Secrets Manager needs no permission.
    ...new Set(given.map(keysBesideSecret)),
  ];
  if (keys.length > 0) {
    const regions = new Set(keys.map((arn) => arn.split(":")[3]));
    statements.push({
      Sid: "DecryptThroughSecretsManager",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: keys,
      Condition: {
        StringEquals: {
          // AWS's documents disagree on the form outside the partition `aws`.
          "kms:ViaService": [...new Set([dnsSuffix, "amazonaws.com"])].flatMap((suffix) =>
            [...regions].map((name) => `secretsmanager.${name}.${suffix}`),
          ),
        },
      },
    });
  }
  statements.push({
    Sid: "CountSubscriptions",
    Effect: "Allow",
    Action: "sns:GetTopicAttributes",
    Resource: needs.topicArns,
  });
  return statements;
}

/**
 * Returns what Lambda needs of the function's role to connect it to a VPC. The function's own code may not use it.
 *
 * Source: AWS Lambda, 'Giving Lambda functions access to resources in an Amazon VPC'. There, `DescribeNetworkInterfaces` works
 * only with the resource `*`, and `DeleteNetworkInterface` needs all resource ids.
 */
function networkPermissions({ region, account, partition }: AwsLocation, functionName: string): readonly Statement[] {
  const change = [
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ];
  const describe = "ec2:DescribeNetworkInterfaces";
  const thisFunction = `arn:${partition}:lambda:${region}:${account}:function:${functionName}`;
  return [
    {
      Sid: "ConnectToVpc",
      Effect: "Allow",
      Action: change,
      Resource: `arn:${partition}:ec2:${region}:${account}:*/*`,
    },
    { Sid: "DescribeForVpc", Effect: "Allow", Action: describe, Resource: "*" },
    {
      Sid: "OnlyLambdaItself",
      Effect: "Deny",
      Action: [...change, describe],
      Resource: "*",
      Condition: { ArnEquals: { "lambda:SourceFunctionArn": thisFunction } },
    },
  ];
}

/** All KMS keys of the Region and account of a secret. */
function keysBesideSecret(secretArn: string): string {
  const [arn, partition, , region, account] = secretArn.split(":");
  return `${arn}:${partition}:kms:${region}:${account}:key/*`;
}

/** Returns the trust policy of the schedules' role: the schedules of this monitor's group may assume it. */
function schedulerTrust({ account }: AwsLocation, scheduleGroupArn: string): string {
  return policyDocument([
    {
      Sid: "SchedulesOfThisGroup",
      Effect: "Allow",
      Principal: { Service: "scheduler.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": account, "aws:SourceArn": scheduleGroupArn } },
    },
  ]);
}

/** Returns the schedules' permissions: to invoke the function and to store undelivered events. */
function schedulerPermissions(functionArn: string, deadLetterQueueArn: string): string {
  return policyDocument([
    { Sid: "InvokeFunction", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn },
    { Sid: "KeepUndelivered", Effect: "Allow", Action: "sqs:SendMessage", Resource: deadLetterQueueArn },
  ]);
}

/** A statement of an IAM policy. */
interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** IAM's limit for all inline policies of a role together, in characters without whitespace. */
const MAX_INLINE_POLICY = 10_240;
