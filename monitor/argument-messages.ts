import { fill, type MessageText, type ValuesArgument } from "../provider/core/message-text.ts";

/**
 * The messages about the monitor's arguments, by code. Each text continues a sentence that begins with the place, such as
 * `connections.prod.baseUrl`.
 */
export const messages = {
  "argument-type": { text: "must be ‹what›" },
  "argument-not-allowed": { text: "must be ‹choices›" },
  "argument-out-of-range": { text: "must be ‹range›" },
  "argument-format": { text: "is not ‹what›" },
  "argument-duplicate": { text: "contains a duplicate" },
  "argument-unknown": { text: "is not ‹what›; ‹known›" },
  "monitor-name-invalid": { text: "must be 1 to 40 characters of A–Z a–z 0–9 _ -" },
  "connections-empty": { text: "is empty", remedy: "Name at least one connection, such as { prod: connection }" },
  "connection-name-invalid": { text: "its name must be 1 to 32 characters of A–Z a–z 0–9 _ . -" },
  "connection-name-duplicate": {
    text: "differs from ‹other› only in upper and lower case",
    remedy: "Rename one of them",
  },
  "connection-key-missing": {
    text: "has neither apiKey nor secretArn",
    remedy: "Set apiKey, or set secretArn to an existing secret",
  },
  "connection-key-ambiguous": { text: "has both apiKey and secretArn", remedy: "Remove one of them" },
  "connection-secret-field-unused": {
    text: "has secretField without secretArn",
    remedy: "Set secretArn, or remove secretField",
  },
  "connection-headers-misplaced": {
    text: "has both headers and secretArn",
    remedy: 'Remove headers, and store {"apiKey": "…", "headers": {"name": "value"}} in the secret',
  },
  "connection-secret-arn-invalid": {
    text: "must be the ARN of a secret in AWS Secrets Manager, such as arn:aws:secretsmanager:eu-central-1:111122223333:secret:deepseek-AbCdEf",
  },
  "connection-secret-arn-incomplete": {
    text: "must be the secret's complete ARN, which ends with a hyphen and six random characters",
  },
  "schedule-not-supported": {
    text:
      "must be 'rate(1 minute)' to 'rate(60 minutes)', or 'rate(1 hour)'. Intervals below a minute, intervals above an hour " +
      "and cron expressions are not supported",
  },
  "alarm-not-enabled": { text: "is off by default, so its settings have no effect", remedy: "Add enabled: true" },
  "alarm-not-in-fleet-detail": {
    text: "is not available in fleet detail, where the balances of several accounts share a gauge",
    remedy: "Remove it, or set detail to 'connection'",
  },
  "detail-missing": {
    text: "is missing: with ‹count› connections you must choose it, and a later change deletes alarms",
    remedy:
      "Set detail to 'connection' (gauges and alarms for each connection, about ‹connection› dollars a month) or to 'fleet' (for " +
      "each shard of ‹size› connections, about ‹fleet› dollars a month)",
  },
  "key-age-approximate": {
    text: "has no keyCreatedAt, so for the alarm 'key due for rotation' its key counts as new whenever a connection of its shard changes",
    remedy: "Set keyCreatedAt",
  },
  "alarm-threshold-missing": {
    text: "is missing and has no default",
    remedy: "Set it to an amount for the currency of your accounts, such as { USD: 5 }",
  },
  "alarm-cannot-fire": {
    text: "cannot fire for ‹connections›: ‹reason›",
    remedy: "Change its threshold or testCall, or set enabled to false",
  },
  "notify-emails-unused": {
    text: "has no effect: if you set both page and ticket, the monitor creates no topic of its own",
    remedy: "Remove emails and subscribe the addresses to your own topics, or remove page or ticket",
  },
  "sns-topic-arn-invalid": {
    text: "must be the ARN of an SNS topic, such as arn:aws:sns:eu-central-1:111122223333:on-call",
  },
  "sns-topic-fifo": {
    text: "is a FIFO topic, to which alarms cannot publish",
    remedy: "Set the ARN of a standard topic",
  },
  "kms-key-arn-invalid": {
    text: "must be the ARN of a KMS key, such as arn:aws:kms:eu-central-1:111122223333:key/0a1b…, not the ARN of an alias",
  },
  "region-differs": {
    text: "is in the Region ‹other›, but the monitor is in ‹region›, and AWS cannot use one with the other",
    remedy: "Set the ARN of one in ‹region›, or pass the monitor a provider for ‹other›",
  },
  "vpc-too-many": { text: "must name 1 to ‹max› ‹what›: AWS allows no more for a function" },
  "url-not-https": { text: "must be an https address, such as https://example.com/path" },
  "url-user-name": { text: "must not contain a user name, which would be printed in clear text" },
  "url-too-long": { text: "must not be longer than ‹max› characters" },
  "role-policy-too-long": {
    text: "use too many different values of secretArn: the role's policy has ‹length› characters, but AWS allows only ‹max›",
    remedy: "Store several keys in one secret as a JSON object and set secretField for each, or set apiKey instead",
  },
  "shard-secret-too-large": {
    text: "are too large together: the secret of shard ‹shard› would have ‹bytes› bytes, but AWS allows only ‹max›. The largest connection is '‹largest›', with ‹size› bytes",
    remedy:
      "Store the longest keys and headers in secrets of your own and set secretArn, or move connections to a second monitor",
  },
} as const satisfies Readonly<Record<string, MessageText>>;

export type MessageCode = keyof typeof messages;

/** Returns the text and the remedy of a message, without the place. */
export function message<Code extends MessageCode>(
  code: Code,
  ...[values]: ValuesArgument<(typeof messages)[Code]["text"]>
): string {
  const { text, remedy }: MessageText = messages[code];
  return fill(remedy === undefined ? text : `${text}. ${remedy}`, values);
}
