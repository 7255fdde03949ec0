import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { problem } from "../../provider/core/problems.ts";
import { message } from "../argument-messages.ts";
import { roleName } from "../names.ts";
import { refusal } from "../settings.ts";
import type { AwsLocation } from "./aws-location.ts";
import type { StoredKeys } from "./keys.ts";

/** The function's role. It takes nothing from the monitor's identity, nor gives anything to it: it can be replaced alone. */
export function createFunctionRole(
  parent: pulumi.Resource,
  name: string,
  location: pulumi.Output<AwsLocation>,
): iam.Role {
  return new iam.Role(
    name,
    {
      description: `The function of the DeepSeekMonitor '${name}'`,
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
  readonly keys: StoredKeys;
  readonly kmsKeyArn: pulumi.Output<string> | undefined;
}

/** What the function may do. */
export function grantFunction(
  parent: pulumi.Resource,
  { name, identity, location, role, logGroupArn, keys, kmsKeyArn }: Grants,
): iam.RolePolicy {
  const ownSecrets = keys.versions.length > 0;
  const policy = pulumi
    .all([location, identity, logGroupArn, kmsKeyArn, pulumi.all([...keys.given])])
    .apply(([known, prefix, groupArn, keyArn, givenSecretArns]) => {
      const needs = { secretPrefix: prefix, logGroupArn: groupArn, ownSecrets, givenSecretArns, kmsKeyArn: keyArn };
      return fitting(name, functionPermissions(known, needs));
    });
  return new iam.RolePolicy(name, { role: role.name, policy }, { parent });
}

/** @throws pulumi.RunError if a policy is longer than IAM takes, which only very many given secrets can make it */
export function fitting(monitor: string, policy: string): string {
  if (policy.length <= MAX_INLINE_POLICY) return policy;
  const text = message("role-policy-too-long", { length: policy.length, max: MAX_INLINE_POLICY });
  throw refusal(monitor, [problem("role-policy-too-long", ["connections"], text)]);
}

/** The role of the schedules, and what they may do. */
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
      description: `The schedules of the DeepSeekMonitor '${name}'`,
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

/** Who may publish to the topic: CloudWatch's alarms of this account. */
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
 * Who may use the topic's key. CloudWatch cannot publish to a topic that is encrypted with the AWS-managed key, whose policy
 * nobody can change. In the policy of a key, the resource `*` is the key itself.
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
 * Who may take on the function's role: Lambda, on behalf of this account. Not of this function alone (`aws:SourceArn`): the
 * role would have to know the function's name, which is the monitor's identity.
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
  /** What stands before the slash in the names of the monitor's own secrets. */
  readonly secretPrefix: string;
  readonly logGroupArn: string;
  /** Whether the monitor keeps secrets of its own. */
  readonly ownSecrets: boolean;
  readonly givenSecretArns: readonly string[];
  /** The key that the monitor's own secrets are encrypted with, if it is not Secrets Manager's. */
  readonly kmsKeyArn: string | undefined;
}

/** What the function may do: read the keys, and write its log. */
function functionPermissions({ region, account, partition }: AwsLocation, needs: FunctionNeeds): string {
  const given = [...new Set(needs.givenSecretArns)];
  const own = `arn:${partition}:secretsmanager:${region}:${account}:secret:${needs.secretPrefix}/*`;
  const statements: Statement[] = [
    {
      Sid: "ReadKeys",
      Effect: "Allow",
      Action: "secretsmanager:GetSecretValue",
      Resource: [...(needs.ownSecrets ? [own] : []), ...given],
    },
    {
      Sid: "WriteLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${needs.logGroupArn.replace(/:\*$/, "")}:*`,
    },
  ];
  const keys = [
    ...(needs.ownSecrets && needs.kmsKeyArn !== undefined ? [needs.kmsKeyArn] : []),
    // Which key encrypts a secret that existed before is not known here; Secrets Manager's own needs no permission.
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
        StringEquals: { "kms:ViaService": [...regions].map((name) => `secretsmanager.${name}.amazonaws.com`) },
      },
    });
  }
  return policyDocument(statements);
}

/** The keys of the Region and the account in which a secret is. */
function keysBesideSecret(secretArn: string): string {
  const [arn, partition, , region, account] = secretArn.split(":");
  return `${arn}:${partition}:kms:${region}:${account}:key/*`;
}

/** Who may take on the schedules' role: the schedules of this monitor's group. */
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

/** What the schedules may do: invoke the function, and put away what could not be delivered. */
function schedulerPermissions(functionArn: string, deadLetterQueueArn: string): string {
  return policyDocument([
    { Sid: "InvokeFunction", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn },
    { Sid: "KeepUndelivered", Effect: "Allow", Action: "sqs:SendMessage", Resource: deadLetterQueueArn },
  ]);
}

/** A statement of a policy, in IAM's own words. */
interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** IAM's limit for all inline policies of a role together, in characters without blanks. */
const MAX_INLINE_POLICY = 10_240;
