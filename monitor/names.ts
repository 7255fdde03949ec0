import { createHash } from "node:crypto";

/** What a connection may be called: its name stands in metrics, alarms, secrets and logs. */
export const CONNECTION_NAME = /^[A-Za-z0-9_.-]{1,32}$/;

/** Longest name of an endpoint in an alarm's name: with the monitor's name and the title it stays below CloudWatch's 255. */
const MAX_ENDPOINT = 120;

/**
 * The name of a resource that a monitor makes, within the stack. No monitor, connection or kind of alarm may have a slash
 * in its name. A base URL has one, but stands between the monitor's name and the kind of an alarm that is about a base URL
 * and nothing else: so no two resources have one name.
 */
export function childName(monitor: string, ...parts: readonly (string | undefined)[]): string {
  return [monitor, ...parts.filter((part) => part !== undefined)].join("/");
}

/**
 * The same for what has its name in AWS made from it, a role and its policy, where IAM allows no slash but a dot. No monitor
 * has a dot in its name, so this is no other monitor's either.
 *
 * Source: IAM API reference, CreateRole and PutRolePolicy: `[\w+=,.@-]+`.
 */
export function roleName(monitor: string, part: string): string {
  return `${monitor}.${part}`;
}

/**
 * The name of an alarm in CloudWatch: the monitor's, then what it is about (nothing if it is about the whole monitor), then
 * the title.
 */
export function alarmName(monitor: string, subject: string | undefined, title: string): string {
  return childName(monitor, subject, title);
}

/** A base URL as it stands in the name of an alarm: without `https://`, and not longer than fits. */
export function endpointSubject(baseUrl: string): string {
  const text = baseUrl.replace(/^https:\/\//, "");
  if (text.length <= MAX_ENDPOINT) return text;
  // Two long ones that differ at the end only are still two.
  const digest = createHash("sha256").update(baseUrl).digest("hex").slice(0, 8);
  return `${text.slice(0, MAX_ENDPOINT - digest.length - 1)}~${digest}`;
}

/** A shard as it stands in the names of alarms, schedules and secrets. */
export function shardSubject(shard: string): string {
  return `shard-${shard}`;
}

/** The name of the saved query for the latest failures. */
export function queryName(monitor: string): string {
  return childName(monitor, "failures");
}
