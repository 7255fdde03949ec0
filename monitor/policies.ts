import type { Place } from "./console.ts";

/** A statement of a policy, in IAM's own words. */
interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal?: Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** IAM's limit for all inline policies of a role together, in characters without blanks. */
export const MAX_INLINE_POLICY = 10_240;

function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/**
 * Who may take on the function's role: Lambda, on behalf of this account. Not of this function alone (`aws:SourceArn`): the
 * function gets its name from the role, which has to exist before.
 */
export function functionTrust({ account }: Place): string {
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

export interface FunctionNeeds {
  readonly identity: string;
  readonly logGroupArn: string;
  /** Whether the monitor keeps secrets of its own. */
  readonly ownSecrets: boolean;
  readonly givenSecretArns: readonly string[];
  /** The key that the monitor's own secrets are encrypted with, if it is not Secrets Manager's. */
  readonly kmsKeyArn: string | undefined;
}

/** What the function may do: read the keys, and write its log. */
export function functionPermissions(place: Place, needs: FunctionNeeds): string {
  const { region, account, partition } = place;
  const given = [...new Set(needs.givenSecretArns)];
  const own = `arn:${partition}:secretsmanager:${region}:${account}:secret:${needs.identity}/*`;
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
export function schedulerTrust({ account }: Place, scheduleGroupArn: string): string {
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
export function schedulerPermissions(functionArn: string, deadLetterQueueArn: string): string {
  return policyDocument([
    { Sid: "InvokeFunction", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn },
    { Sid: "KeepUndelivered", Effect: "Allow", Action: "sqs:SendMessage", Resource: deadLetterQueueArn },
  ]);
}

/** Who may publish to the topic: CloudWatch's alarms of this account. */
export function topicPolicy({ region, account, partition }: Place, topicArn: string): string {
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
export function keyPolicy({ account, partition }: Place): string {
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
