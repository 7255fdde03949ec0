import { isDefaultHost, keysPage } from "../deepseek/endpoint.ts";
import type { ProbeResult } from "../deepseek/probe.ts";
import { keyFingerprint, USUAL_KEY } from "../deepseek/redact.ts";
import type { UnhealthyVerdict } from "../deepseek/verdict.ts";
import type { Settings } from "./inputs.ts";

const wayOut = "To deploy without this check: pulumi config set deepseek:verify none.";

/** Cause and next step: what `statusReason` holds. */
export function reason(verdict: UnhealthyVerdict): string {
  return `${verdict.cause} ${verdict.nextStep}`;
}

/** A failure's text. The engine puts the resource's name before it. */
export function failure(verdict: UnhealthyVerdict, settings: Settings): string {
  return `${culprit(verdict, settings)}${reason(verdict)} ${wayOut}`;
}

/** A warning's text, which names the connection by itself. */
export function warning(verdict: UnhealthyVerdict, settings: Settings): string {
  const again = verdict.kind === "indeterminate" ? " It is asked again at the next preview, update or refresh." : "";
  return named(settings.displayName, `${culprit(verdict, settings)}${reason(verdict)}${again}`);
}

/** A message on a connection as a whole. */
export function named(displayName: string, text: string): string {
  return `DeepSeekConnection '${displayName}': ${text}`;
}

/** What is worth a word besides the verdict, and decides nothing. */
export function hints({ apiKey, baseUrl }: Settings, { verdict, findings }: ProbeResult): readonly string[] {
  const unlisted = findings?.unlisted ?? [];
  const isOdd = verdict.kind !== "valid" && isDefaultHost(baseUrl) && USUAL_KEY.exec(apiKey)?.[0] !== apiKey;
  const texts: string[] = [];
  if (unlisted.length > 0) {
    const ids = unlisted.join(", ");
    texts.push(
      `the service does not list ${ids}. Aliases work unlisted; if this is none, check allowedModels and defaultModel.`,
    );
  }
  if (isOdd) texts.push("apiKey does not look like a key of DeepSeek ('sk-' and 32 hex digits): was all of it copied?");
  return texts;
}

function culprit(verdict: UnhealthyVerdict, { apiKey }: Settings): string {
  return verdict.kind === "invalid" ? `apiKey (fingerprint ${keyFingerprint(apiKey)}): ` : "";
}

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
