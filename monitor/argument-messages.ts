import { fill, type MessageText, type ValuesArgument } from "../provider/core/message-text.ts";

/**
 * What the monitor reports about its arguments, by the codes of the messages. Each text continues a sentence that begins
 * with the place, such as `connections.prod.baseUrl`.
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
    text: "differs from ‹other› in upper and lower case only",
    remedy: "Give each a name of its own",
  },
  "connection-key-missing": { text: "has no key", remedy: "Set apiKey, or secretArn for a secret that exists already" },
  "connection-key-ambiguous": { text: "has both apiKey and secretArn", remedy: "Set one of them" },
  "connection-secret-field-unused": {
    text: "has secretField without secretArn",
    remedy: "Set secretArn, or leave secretField out",
  },
  "connection-secret-arn-invalid": {
    text: "must be the ARN of a secret in AWS Secrets Manager, such as arn:aws:secretsmanager:eu-central-1:111122223333:secret:deepseek-AbCdEf",
  },
  "connection-secret-arn-incomplete": {
    text: "must be the secret's complete ARN: the one that ends with a hyphen and six random characters",
  },
  "schedule-not-supported": {
    text:
      "must be 'rate(1 minute)' to 'rate(60 minutes)' or 'rate(1 hour)'. EventBridge Scheduler supports nothing shorter " +
      "than a minute, and alarms need a steady rate: neither a cron expression nor a longer interval has one",
  },
  "alarm-not-enabled": { text: "is off by default, so its settings have no effect", remedy: "Add enabled: true" },
  "alarm-not-in-fleet-detail": {
    text: "has no meaning in fleet detail, where the balances of many accounts share a gauge",
    remedy: "Leave it out, or set detail to 'connection'",
  },
  "alarm-threshold-missing": { text: "is missing: only you know the limit, in balanceCurrency", remedy: "Set it" },
  "notify-emails-unused": {
    text: "gets no alerts: with topics of your own for page and for ticket the monitor makes none",
    remedy: "Subscribe the addresses to your topics, or leave one of the topics out",
  },
  "sns-topic-arn-invalid": {
    text: "must be the ARN of an SNS topic, such as arn:aws:sns:eu-central-1:111122223333:on-call",
  },
  "sns-topic-fifo": {
    text: "is a FIFO topic, to which no alarm can publish",
    remedy: "Set the ARN of a standard topic",
  },
  "kms-key-arn-invalid": {
    text: "must be the ARN of a KMS key, such as arn:aws:kms:eu-central-1:111122223333:key/0a1b…, not of an alias",
  },
  "url-not-https": { text: "must be an https address, such as https://example.com/path" },
  "url-user-name": { text: "must not contain a user name, which would be printed in clear text" },
  "url-too-long": { text: "must not be longer than ‹max› characters" },
  "role-policy-too-long": {
    text: "the secrets of secretArn make the role's policy ‹length› characters long, and AWS allows ‹max›",
    remedy: "Keep several keys in one secret, as a JSON object, and name each by secretField; or set apiKey",
  },
} as const satisfies Readonly<Record<string, MessageText>>;

export type MessageCode = keyof typeof messages;

/** A message's sentence, without its place. */
export function message<Code extends MessageCode>(
  code: Code,
  ...[values]: ValuesArgument<(typeof messages)[Code]["text"]>
): string {
  const { text, remedy }: MessageText = messages[code];
  return fill(remedy === undefined ? text : `${text}. ${remedy}`, values);
}
