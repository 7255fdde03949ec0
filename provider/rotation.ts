import type { Settings } from "./arguments.ts";
import { isDefaultHost } from "./deepseek/endpoint.ts";
import { keysPage } from "./deepseek/pages.ts";
import { keyFingerprint } from "./deepseek/redact.ts";
import { named } from "./messages.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * What to say of a key that is older than the user wants it to be; nothing if it is not.
 *
 * @param now epoch milliseconds
 */
export function rotationDue(settings: Settings, now: number): string | undefined {
  const { apiKey, baseUrl, displayName, keyCreatedAt, rotateAfterDays } = settings;
  if (keyCreatedAt === undefined || rotateAfterDays === undefined) return undefined;
  const days = Math.floor((now - Date.parse(keyCreatedAt)) / DAY_MS);
  if (days < rotateAfterDays) return undefined;
  const where = isDefaultHost(baseUrl) ? ` at ${keysPage}` : "";
  const text =
    `the key (fingerprint ${keyFingerprint(apiKey)}) is ${days} days old and due for rotation after ${rotateAfterDays}. ` +
    `Make a new one${where}, and set apiKey and keyCreatedAt.`;
  return named(displayName, text);
}

/** What is left to do once a new key has been verified. @param before the fingerprint of the key that it replaces */
export function rotated({ apiKey, baseUrl, displayName }: Settings, before: string): string {
  const where = isDefaultHost(baseUrl) ? `at ${keysPage}` : "where it was made";
  const text =
    `the new key (fingerprint ${keyFingerprint(apiKey)}) works and has taken the place of ${before}. Revoke the old one ` +
    `${where} once all that use it have the new one: that cannot be seen from here.`;
  return named(displayName, text);
}
