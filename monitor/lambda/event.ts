import * as z from "zod/mini";
import { CONNECTION_NAME } from "../names.ts";

/**
 * What a schedule hands to the function: the connections of one shard. Keys are not in it, only where to read them.
 * EventBridge Scheduler takes up to 256 kB; 50 connections are about 15 kB.
 */
export const monitorEvent = z.strictObject({
  /** The shard's name: "0", "1", … */
  shard: z.string().check(z.regex(/^\d{1,4}$/)),
  connections: z
    .array(
      z.strictObject({
        /** The name that is in metrics, alarms and logs. */
        name: z.string().check(z.regex(CONNECTION_NAME)),
        baseUrl: z.url(),
        /** The model of the test call. Absent: the first one that the service lists. */
        model: z.optional(z.string().check(z.minLength(1))),
        /** ARN of the secret in AWS Secrets Manager that holds the key. */
        secretArn: z.string().check(z.startsWith("arn:")),
        /** The property that holds the key, if the secret is a JSON object. Absent: the secret is the key. */
        secretField: z.optional(z.string().check(z.minLength(1))),
        /** When the key was made, ISO 8601. Absent: when the secret's current version was stored. */
        keyCreatedAt: z.optional(z.union([z.iso.date(), z.iso.datetime({ offset: true })])),
      }),
    )
    .check(z.minLength(1), z.maxLength(1_000)),
  /**
   * The invocation of a deployment: it throws if a secret cannot be read, after waiting for a new role's permissions, so
   * that a broken function fails the deployment.
   */
  smoke: z.optional(z.boolean()),
});

export type MonitorEvent = z.output<typeof monitorEvent>;

export type MonitoredConnection = MonitorEvent["connections"][number];
