import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { plainRules, rules } from "./rules.ts";

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
