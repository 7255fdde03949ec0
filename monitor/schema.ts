import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
// The one place where the monitor depends on the schemas of a connection's inputs.
import { baseUrlSchema, inputSchemas as connectionInputs } from "../provider/core/inputs.ts";
import type { ValuesArgument } from "../provider/core/message-text.ts";
import type { Issue } from "../provider/core/problems.ts";
import {
  type AlarmDefinition,
  type AlarmKind,
  alarmDefinitions,
  alarmKinds,
  type BalanceAlarmKind,
  isOnBalance,
  isOnTopic,
  type TopicAlarmKind,
} from "./alarms/catalog.ts";
import { type MessageCode, message, type messages } from "./argument-messages.ts";
import {
  type AlarmsArgs,
  type BalanceAmounts,
  type Currency,
  type DeepSeekMonitorArgs,
  type MonitoredConnectionArgs,
  type NotifyArgs,
  Severity,
  TestCall,
  type VpcArgs,
} from "./arguments.ts";
import { Detail, isShare } from "./metrics.ts";

/**
 * The runbook in the newest published package, as an HTML page with anchors, served by a mirror of npm: this address is ours
 * wherever the sources live. It has no version, because each upgrade would then change the text of every alarm.
 */
export const RUNBOOK_URL = "https://unpkg.com/pulumi-deepseek/dist/monitor/runbook.html";

/** The log retentions that CloudWatch accepts, in days. Source: PutRetentionPolicy, `retentionInDays`. */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Maximum length of the runbook's URL: an alarm's description has 1,024 characters in total. */
const MAX_LINK = 200;

/** The options of a zod check: a message and its code. */
function rule<Code extends MessageCode>(code: Code, ...values: ValuesArgument<(typeof messages)[Code]["text"]>) {
  return { error: message(code, ...values), params: { code } };
}

/** The message for a value of the wrong type. */
function mustBe(what: string) {
  return { error: message("argument-type", { what }) };
}

/** The same for an object; unknown names in it get a different message. */
function mustBeObject(what: string) {
  const wrongType = message("argument-type", { what });
  return { error: (issue: { readonly code?: string }) => (issue.code === "invalid_type" ? wrongType : undefined) };
}

function choiceOf<Choices extends Readonly<Record<string, string>>>(choices: Choices) {
  const list = Object.values(choices).map((choice) => `'${choice}'`);
  return z.enum(choices, { error: message("argument-not-allowed", { choices: list.join(" or ") }) });
}

function httpsUrl(max: number) {
  return z
    .string(mustBe("an https address"))
    .trim()
    .refine((text) => text.length <= max, { ...rule("url-too-long", { max }), abort: true })
    .refine((text) => URL.canParse(text) && new URL(text).protocol === "https:" && !/[\s"<>]/.test(text), {
      ...rule("url-not-https"),
      abort: true,
    })
    .refine((text) => new URL(text).username === "", rule("url-user-name"));
}

const topic = z
  .string(mustBe("the ARN of an SNS topic"))
  .trim()
  .refine((arn) => /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/.test(arn), {
    ...rule("sns-topic-arn-invalid"),
    abort: true,
  })
  .refine((arn) => !arn.endsWith(".fifo"), rule("sns-topic-fifo"));

const secretArn = z
  .string(mustBe("the ARN of a secret in AWS Secrets Manager"))
  .trim()
  .refine((arn) => /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/.test(arn), {
    ...rule("connection-secret-arn-invalid"),
    abort: true,
  })
  .refine((arn) => /-[A-Za-z0-9]{6}$/.test(arn), rule("connection-secret-arn-incomplete"));

const kmsKeyArn = z
  .string(mustBe("the ARN of a KMS key"))
  .trim()
  // An alias is not accepted, because policies contain the ARNs of keys.
  .refine((arn) => /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/.test(arn), rule("kms-key-arn-invalid"));

/** The ids of a VPC's resources. Source: AWS Lambda, `VpcConfig`. */
function idsOf(prefix: "subnet" | "sg", max: number) {
  const what = prefix === "subnet" ? "subnets" : "security groups";
  const form = { error: message("argument-format", { what: `an id such as ${prefix}-0a1b2c3d` }) };
  return z
    .array(z.string(mustBe("a string")).regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), form), mustBe("a list of ids"))
    .refine((ids) => ids.length >= 1 && ids.length <= max, rule("vpc-too-many", { max, what }));
}

/** Minutes between two runs. */
const interval = z.string(mustBe("a string such as 'rate(1 minute)'")).transform((text, context) => {
  const [, count, unit] = /^rate\(\s*(\d{1,4})\s+(minute|hour)s?\s*\)$/.exec(text.trim()) ?? [];
  const minutes = Number(count) * (unit === "hour" ? 60 : 1);
  if (minutes >= 1 && minutes <= 60) return minutes;
  const { error, params } = rule("schedule-not-supported");
  context.addIssue({ code: "custom", message: error, params });
  return z.NEVER;
});

const yesOrNo = z.boolean(mustBe("true or false"));

/** The schema of a number above 0 and, depending on the gauge and other alarms, with a maximum. */
function numberSchema(kind: AlarmKind) {
  const { metric, below }: AlarmDefinition = alarmDefinitions[kind];
  const share = below === undefined ? "above 0 and at most 1" : `above 0 and below ${below}`;
  const limit = {
    error: message("argument-out-of-range", { range: isShare(metric) ? `${share}, because it is a share` : "above 0" }),
  };
  const threshold = z.number(mustBe("a number")).positive(limit);
  if (below !== undefined) return threshold.lt(below, limit);
  return isShare(metric) ? threshold.max(1, limit) : threshold;
}

/** The schema of amounts by currency; undefined ones are dropped. */
function amountsSchema() {
  const amount = z
    .number(mustBe("a number"))
    .positive({ error: message("argument-out-of-range", { range: "above 0" }) })
    .optional();
  const example = "an object such as { USD: 5 }";
  return z
    .strictObject(
      { USD: amount, CNY: amount } satisfies Record<Currency, z.ZodType>,
      mustBeObject(`${example}: an amount for the currency of your accounts`),
    )
    .transform(
      ({ USD, CNY }): BalanceAmounts => ({ ...(USD !== undefined && { USD }), ...(CNY !== undefined && { CNY }) }),
    )
    .refine((amounts) => Object.keys(amounts).length > 0, {
      error: message("argument-type", { what: example }),
      // An unknown currency has a message of its own.
      when: ({ issues }) => issues.length === 0,
    });
}

/** The schema of an alarm's settings; undefined ones are dropped. */
function alarmSchema<Threshold extends z.ZodType>(threshold: Threshold) {
  const shape = {
    enabled: yesOrNo.optional(),
    severity: choiceOf(Severity).optional(),
    threshold: threshold.optional(),
  };
  return z.strictObject(shape, mustBeObject("an object such as { enabled: true }")).transform((given) => {
    const { enabled, severity } = given;
    const limit = given.threshold as z.output<Threshold> | undefined;
    return {
      ...(enabled !== undefined && { enabled }),
      ...(severity !== undefined && { severity }),
      ...(limit !== undefined && { threshold: limit }),
    };
  });
}

/** The schema of the settings of an alarm on a topic. */
function topicAlarmSchema() {
  return z
    .strictObject({ enabled: yesOrNo.optional() }, mustBeObject("an object such as { enabled: false }"))
    .transform(({ enabled }) => ({ ...(enabled !== undefined && { enabled }) }));
}

type SchemaOf<Threshold extends z.ZodType> = z.ZodOptional<ReturnType<typeof alarmSchema<Threshold>>>;
type AlarmShape = Record<
  Exclude<AlarmKind, BalanceAlarmKind | TopicAlarmKind>,
  SchemaOf<ReturnType<typeof numberSchema>>
> &
  Record<BalanceAlarmKind, SchemaOf<ReturnType<typeof amountsSchema>>> &
  Record<TopicAlarmKind, z.ZodOptional<ReturnType<typeof topicAlarmSchema>>>;

export const alarmsSchema = z.strictObject(
  Object.fromEntries(
    alarmKinds.map((kind) => {
      if (isOnTopic(kind)) return [kind, topicAlarmSchema().optional()];
      return [kind, (isOnBalance(kind) ? alarmSchema(amountsSchema()) : alarmSchema(numberSchema(kind))).optional()];
    }),
  ) as AlarmShape,
  mustBeObject("an object"),
) satisfies z.ZodType<AlarmsArgs>;

/** The schemas of values that may be known only during the deployment. */
export const inputSchemas = {
  apiKey: connectionInputs.apiKey.optional(),
  // Whether plain http is allowed depends on the connection's `allowInsecureHttp`; see `allowedBaseUrl`.
  baseUrl: baseUrlSchema({ allowInsecureHttp: true }),
  headers: connectionInputs.headers,
  allowInsecureHttp: connectionInputs.allowInsecureHttp,
  defaultModel: connectionInputs.defaultModel,
  displayName: connectionInputs.displayName.optional(),
  keyCreatedAt: connectionInputs.keyCreatedAt,
  secretArn: secretArn.optional(),
  topic: topic.optional(),
  kmsKeyArn: kmsKeyArn.optional(),
  heartbeatUrl: httpsUrl(1_000).optional(),
  subnetIds: idsOf("subnet", 16),
  securityGroupIds: idsOf("sg", 5),
} as const;

/** The schema of a base URL in a connection with this `allowInsecureHttp`. */
export function allowedBaseUrl(allowInsecureHttp: boolean) {
  return allowInsecureHttp ? inputSchemas.baseUrl : connectionInputs.baseUrl;
}

/** A value that is known only during the deployment. */
export type Deferred = pulumi.OutputInstance<unknown>;

/** Whether a value is known only later: an output of another resource, or a promise. */
export function isDeferred(value: unknown): value is Deferred | Promise<unknown> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** Parses a value with its schema. A value that is known only later is passed through and parsed when it is known. */
function input<Schema extends z.ZodType>(schema: Schema) {
  return z
    .unknown()
    .optional()
    .transform((value, context): z.output<Schema> | Deferred => {
      if (isDeferred(value) || hasDeferredPart(value)) return pulumi.output(value) as Deferred;
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
      return z.NEVER;
    });
}

/** Whether an object, such as `headers`, has a value that is known only later. */
function hasDeferredPart(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).some(isDeferred);
}

const connectionShape = {
  apiKey: input(inputSchemas.apiKey),
  secretArn: input(inputSchemas.secretArn),
  secretField: z
    .string(mustBe("a string"))
    .min(1, { error: message("argument-out-of-range", { range: "at least one character long" }) })
    .optional(),
  baseUrl: input(inputSchemas.baseUrl),
  headers: input(inputSchemas.headers),
  allowInsecureHttp: input(inputSchemas.allowInsecureHttp),
  defaultModel: input(inputSchemas.defaultModel),
  displayName: input(inputSchemas.displayName),
  keyCreatedAt: input(inputSchemas.keyCreatedAt),
} satisfies Record<keyof MonitoredConnectionArgs, z.ZodType>;

/** The fields of a connection that the monitor reads. A `DeepSeekConnection` has more; they are ignored. */
export const connectionFields = Object.keys(connectionShape) as readonly (keyof typeof connectionShape)[];

const connection = z.preprocess(
  readFields,
  z
    .strictObject(connectionShape, mustBeObject("a DeepSeekConnection or an object such as { apiKey }"))
    .superRefine(({ apiKey, secretArn: arn, secretField, headers, baseUrl, allowInsecureHttp }, context) => {
      const fail = (
        code: `connection-${"key-missing" | "key-ambiguous" | "secret-field-unused" | "headers-misplaced"}`,
      ) => {
        const { error, params } = rule(code);
        context.addIssue({ code: "custom", message: error, params });
      };
      if (apiKey === undefined && arn === undefined) fail("connection-key-missing");
      if (apiKey !== undefined && arn !== undefined) fail("connection-key-ambiguous");
      if (secretField !== undefined && arn === undefined) fail("connection-secret-field-unused");
      if (headers !== undefined && arn !== undefined) fail("connection-headers-misplaced");
      if (isDeferred(baseUrl) || isDeferred(allowInsecureHttp)) return;
      const issues: readonly Issue[] = allowedBaseUrl(allowInsecureHttp).safeParse(baseUrl).error?.issues ?? [];
      for (const { message: text, params } of issues) {
        context.addIssue({ code: "custom", message: text, params, path: ["baseUrl"] });
      }
    }),
);

function readFields(value: unknown): unknown {
  if (!pulumi.Resource.isInstance(value)) return value;
  const fields = value as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(connectionFields.map((field) => [field, fields[field]]));
}

export const notifyFields = ["emails", "page", "ticket"] as const satisfies readonly (keyof NotifyArgs)[];

const notifyShape = {
  emails: z
    .array(
      z.email({ error: message("argument-format", { what: "an email address" }) }),
      mustBe("a list of email addresses"),
    )
    .refine((all) => new Set(all.map((one) => one.toLowerCase())).size === all.length, rule("argument-duplicate"))
    .default([]),
  page: input(inputSchemas.topic),
  ticket: input(inputSchemas.topic),
} satisfies Record<keyof NotifyArgs, z.ZodType>;

export const vpcFields = ["subnetIds", "securityGroupIds"] as const satisfies readonly (keyof VpcArgs)[];

const vpcShape = {
  subnetIds: input(inputSchemas.subnetIds),
  securityGroupIds: input(inputSchemas.securityGroupIds),
} satisfies Record<keyof VpcArgs, z.ZodType>;

/** The schema of all arguments, with their defaults. Rules that involve several arguments are checked separately. */
export const argumentsSchema = z.strictObject(
  {
    connections: z.record(
      z.string(),
      connection,
      mustBeObject("an object that maps names to connections, not an output or a promise"),
    ),
    scheduleExpression: interval.prefault("rate(1 minute)"),
    testCall: choiceOf(TestCall).default(TestCall.Chat),
    notify: z
      .strictObject(notifyShape, mustBeObject('an object such as { emails: ["on-call@example.com"] }'))
      .prefault({}),
    alarms: alarmsSchema.default({}),
    runbookUrl: httpsUrl(MAX_LINK).default(RUNBOOK_URL),
    kmsKeyArn: input(inputSchemas.kmsKeyArn),
    vpc: z.strictObject(vpcShape, mustBeObject("an object such as { subnetIds, securityGroupIds }")).optional(),
    logRetentionDays: z
      .literal(RETENTIONS, {
        error: message("argument-not-allowed", {
          choices: `one of ${RETENTIONS.join(", ")}: CloudWatch supports no other number of days`,
        }),
      })
      .default(30),
    heartbeatUrl: input(inputSchemas.heartbeatUrl),
    dashboard: yesOrNo.default(true),
    detail: choiceOf(Detail).optional(),
  } satisfies Record<keyof DeepSeekMonitorArgs, z.ZodType>,
  mustBeObject("an object"),
);

export type ParsedArguments = z.output<typeof argumentsSchema>;
