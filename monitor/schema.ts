import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { inputSchemas } from "../provider/core/inputs.ts";
import { alarmDefinitions, alarmKinds, Severity } from "./alarms/catalog.ts";
import { Currency, TestCall } from "./arguments.ts";
import { Detail } from "./metrics.ts";

/** CloudWatch's choices for the retention of logs, in days. Source: PutRetentionPolicy, `retentionInDays`. */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Longest runbook URL: an alarm's description has 1,024 characters for everything. */
const MAX_LINK = 300;

function httpsUrl(max: number) {
  return z
    .string({ error: "must be an https address" })
    .trim()
    .max(max, { error: `must not be longer than ${max} characters` })
    .refine((text) => URL.canParse(text) && new URL(text).protocol === "https:" && !/[\s"<>]/.test(text), {
      error: "must be an https address, such as https://example.com/path",
      abort: true,
    })
    .refine((text) => new URL(text).username === "", { error: "must not hold a user name: it is printed in clear" });
}

const topic = z
  .string({ error: "must be the ARN of an SNS topic" })
  .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/, {
    error: "must be the ARN of an SNS topic, such as arn:aws:sns:eu-central-1:111122223333:on-call",
  })
  .refine((arn) => !arn.endsWith(".fifo"), {
    error: "is a FIFO topic, to which no alarm can publish: give a standard one",
  });

const secretArn = z
  .string({ error: "must be the ARN of a secret in AWS Secrets Manager" })
  .regex(/^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/, {
    error:
      "must be the ARN of a secret in AWS Secrets Manager, such as arn:aws:secretsmanager:eu-central-1:111122223333:secret:deepseek-AbCdEf",
    abort: true,
  })
  .regex(/-[A-Za-z0-9]{6}$/, {
    error: "must be the secret's complete ARN: the one that ends with a hyphen and six random characters",
  });

const kmsKeyArn = z.string({ error: "must be the ARN of a KMS key" }).regex(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, // An alias would not do: policies name keys.
  { error: "must be the ARN of a KMS key, such as arn:aws:kms:eu-central-1:111122223333:key/0a1b…; an alias is none" },
);

/** Minutes between two runs; nothing if the expression is not one of those that are taken. */
export function intervalOf(expression: string): number | undefined {
  const [, count, unit] = /^rate\(\s*(\d{1,4})\s+(minute|hour)s?\s*\)$/.exec(expression.trim()) ?? [];
  const minutes = Number(count) * (unit === "hour" ? 60 : 1);
  return minutes >= 1 && minutes <= 60 ? minutes : undefined;
}

const scheduleExpression = z
  .string({ error: "must be a text such as 'rate(1 minute)'" })
  .refine((text) => intervalOf(text) !== undefined, {
    error:
      "must be 'rate(1 minute)' to 'rate(60 minutes)' or 'rate(1 hour)'. EventBridge Scheduler knows nothing shorter than a minute, and alarms need a steady rate: neither a cron expression nor a longer pause has one",
  });

/** The rules of single values, whether they are known in the program or only later. */
export const rules = {
  apiKey: inputSchemas.apiKey,
  baseUrl: inputSchemas.baseUrl,
  defaultModel: inputSchemas.defaultModel,
  displayName: inputSchemas.displayName.optional(),
  keyCreatedAt: inputSchemas.keyCreatedAt,
  secretArn,
  topic,
  kmsKeyArn,
  heartbeatUrl: httpsUrl(1_000),
} as const;

const enabledOrNot = z.boolean({ error: "must be true or false" }).optional();

/** An alarm's settings; how high a threshold can be depends on the gauge. */
function alarmRule(kind: (typeof alarmKinds)[number]) {
  const { metric } = alarmDefinitions[kind];
  const isShare = metric !== "Balance" && metric !== "OldestKeyAgeDays" && metric !== "LatencyMs";
  const limit = isShare ? "must be above 0 and at most 1: the gauge is a share" : "must be above 0";
  const number = z.number({ error: "must be a number" }).positive({ error: limit });
  return z
    .strictObject(
      {
        enabled: enabledOrNot,
        severity: z.enum(Severity, { error: `must be ${oneOf(Severity)}` }).optional(),
        threshold: (isShare ? number.max(1, { error: limit }) : number).optional(),
      },
      { error: (issue) => (issue.code === "invalid_type" ? "must be an object such as { enabled: true }" : undefined) },
    )
    .optional();
}

/** The rules of what has to be known in the program. */
export const plainRules = {
  scheduleExpression: scheduleExpression.optional(),
  testCall: z.enum(TestCall, { error: `must be ${oneOf(TestCall)}` }).optional(),
  emails: z
    .array(z.email({ error: "is no email address" }), { error: "must be a list of email addresses" })
    .refine((all) => new Set(all.map((one) => one.toLowerCase())).size === all.length, { error: "names one twice" })
    .optional(),
  alarms: z
    .strictObject(Object.fromEntries(alarmKinds.map((kind) => [kind, alarmRule(kind)])), {
      error: (issue) => (issue.code === "invalid_type" ? "must be an object" : undefined),
    })
    .optional(),
  runbookUrl: httpsUrl(MAX_LINK).optional(),
  logRetentionDays: z
    .literal(RETENTIONS, { error: `must be one of ${RETENTIONS.join(", ")}: CloudWatch takes no other number of days` })
    .optional(),
  dashboard: enabledOrNot,
  detail: z.enum(Detail, { error: `must be ${oneOf(Detail)}` }).optional(),
  balanceCurrency: z.enum(Currency, { error: `must be ${oneOf(Currency)}` }).optional(),
  secretField: z.string({ error: "must be a text" }).min(1, { error: "is empty" }).optional(),
} as const;

function oneOf(values: Readonly<Record<string, string>>): string {
  return Object.values(values)
    .map((value) => `'${value}'`)
    .join(" or ");
}

/** A value that may be known only during the deployment: then it is checked as soon as it is. */
function input(rule: z.ZodType) {
  return z
    .unknown()
    .superRefine((value, context) => {
      if (value === undefined || isDeferred(value)) return;
      for (const { message, input: _, ...issue } of rule.safeParse(value).error?.issues ?? []) {
        context.addIssue({ code: "custom", message, path: issue.path });
      }
    })
    .optional();
}

/** Whether a value comes later: an output of another resource, or a promise. */
export function isDeferred(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

const objectError = (what: string) => ({
  error: (issue: { code?: string }) => (issue.code === "invalid_type" ? `must be ${what}` : undefined),
});

const connection = z
  .strictObject(
    {
      apiKey: input(rules.apiKey),
      secretArn: input(rules.secretArn),
      secretField: plainRules.secretField,
      baseUrl: input(rules.baseUrl),
      defaultModel: input(rules.defaultModel),
      displayName: input(rules.displayName),
      keyCreatedAt: input(rules.keyCreatedAt),
    },
    objectError("a DeepSeekConnection or an object such as { apiKey }"),
  )
  .superRefine(({ apiKey, secretArn, secretField }, context) => {
    const fail = (message: string) => context.addIssue({ code: "custom", message });
    if (apiKey === undefined && secretArn === undefined) {
      fail("has no key: give apiKey, or secretArn for a secret that exists already");
    }
    if (apiKey !== undefined && secretArn !== undefined) fail("has both apiKey and secretArn: give one of them");
    if (secretField !== undefined && secretArn === undefined) fail("has secretField without secretArn");
  });

/** The fields of a connection that the monitor reads. A `DeepSeekConnection` has more. */
export const connectionFields = Object.keys(connection.shape) as readonly (keyof typeof connection.shape)[];

/** The shape of all arguments; what spans several of them is checked apart. */
export const argumentsSchema = z.strictObject(
  {
    connections: z.record(z.string(), connection, {
      error: "must be an object of connections by name, which is known in the program",
    }),
    scheduleExpression: plainRules.scheduleExpression,
    testCall: plainRules.testCall,
    notify: z
      .strictObject(
        { emails: plainRules.emails, page: input(rules.topic), ticket: input(rules.topic) },
        objectError('an object such as { emails: ["on-call@example.com"] }'),
      )
      .optional(),
    alarms: plainRules.alarms,
    runbookUrl: plainRules.runbookUrl,
    kmsKeyArn: input(rules.kmsKeyArn),
    logRetentionDays: plainRules.logRetentionDays,
    heartbeatUrl: input(rules.heartbeatUrl),
    dashboard: plainRules.dashboard,
    detail: plainRules.detail,
    balanceCurrency: plainRules.balanceCurrency,
  },
  objectError("an object"),
);
