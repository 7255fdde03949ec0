import { createHash } from "node:crypto";

/** The valid names of a connection, which appear in metrics, alarms, secrets and logs. */
export const CONNECTION_NAME = /^[A-Za-z0-9_.-]{1,32}$/;

/** Maximum length of an endpoint in an alarm's name, so that the whole name has at most CloudWatch's 255 characters. */
const MAX_ENDPOINT = 120;

/**
 * Returns the name, within the stack, of a resource that a monitor creates. These names are unique: a monitor, a connection or
 * a kind of alarm has no slash in its name. A base URL does, but it appears only between the monitor's name and a kind of alarm
 * that is always about a base URL.
 */
export function childName(monitor: string, ...parts: readonly (string | undefined)[]): string {
  return [monitor, ...parts.filter((part) => part !== undefined)].join("/");
}

/**
 * Returns the same for a role and its policy. Their names in AWS are derived from it, and IAM allows a dot but no slash. A
 * monitor has no dot in its name, so this name cannot belong to another monitor.
 *
 * Source: IAM API reference, CreateRole and PutRolePolicy: `[\w+=,.@-]+`.
 */
export function roleName(monitor: string, part: string): string {
  return `${monitor}.${part}`;
}

/**
 * Returns the name of an alarm in CloudWatch: the title, the subject (absent if the alarm is about the whole monitor) and the
 * monitor's name. The title is first, because the subject of SNS's emails has only 100 characters. Neither a title nor a
 * monitor has a slash in its name, so the name is unique.
 */
export function alarmName(monitor: string, subject: string | undefined, title: string): string {
  return [title, subject, monitor].filter((part) => part !== undefined).join("/");
}

/** Returns a base URL as part of an alarm's name: without `https://`, and shortened if necessary. */
export function endpointSubject(baseUrl: string): string {
  const text = baseUrl.replace(/^https:\/\//, "");
  if (text.length <= MAX_ENDPOINT) return text;
  // The digest keeps two long URLs apart that differ only at the end.
  const digest = createHash("sha256").update(baseUrl).digest("hex").slice(0, 8);
  return `${text.slice(0, MAX_ENDPOINT - digest.length - 1)}~${digest}`;
}

/** Returns a shard as part of the names of alarms, schedules and secrets. */
export function shardSubject(shard: string): string {
  return `shard-${shard}`;
}

/**
 * Returns the name of a shard's secret. It contains the shard's connections, with their keys and addresses. The deployment and
 * the function derive it from the monitor's name, so no event can name another secret.
 */
export function shardSecretName(monitor: string, shard: string): string {
  return childName(monitor, shardSubject(shard));
}

/** Returns the name of the saved query for the latest failures. */
export function queryName(monitor: string): string {
  return childName(monitor, "failures");
}
