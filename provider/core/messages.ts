import { isDefaultHost, keysPage } from "../deepseek/endpoint.ts";
import type { ProbeResult } from "../deepseek/probe.ts";
import { keyFingerprint, USUAL_KEY } from "../deepseek/redact.ts";
import type { UnhealthyVerdict } from "../deepseek/verdict.ts";
import type { Settings } from "./inputs.ts";
import { fill, type MessageText, type ValuesArgument } from "./message-text.ts";
import type { Strictness } from "./values.ts";

/** Something that is said about a connection: a stable code for programs and pages, and a sentence for people. */
export interface Message {
  readonly level: "info" | "warning";
  readonly code: string;
  /** Contains no part of a key. */
  readonly text: string;
}

/** What is said about a connection besides the verdict of a probe and problems with its inputs. */
export const connectionMessages = {
  "model-unlisted": {
    text: "the service does not list ‹models›. Aliases work unlisted; if this is not an alias, check allowedModels and defaultModel.",
  },
  "api-key-unusual": {
    text: "apiKey does not look like a key of DeepSeek ('sk-' and 32 hex digits): was all of it copied?",
    remedy: "Copy the key again. The shape is not documented, so this is only a hint.",
  },
  "api-key-from-environment": {
    text: "the key in the environment variable DEEPSEEK_API_KEY (fingerprint ‹fingerprint›) replaces the one in state (fingerprint ‹before›). If that is not wanted: unset the variable, 'pulumi config set --secret deepseek:apiKey'.",
  },
  "verify-overridden": {
    text: "the stack's configuration deepseek:verify is '‹configured›' and overrides the program's '‹given›'. Undo it with 'pulumi config rm deepseek:verify'.",
  },
  "rotation-due": {
    text: "the key (fingerprint ‹fingerprint›) is ‹days› days old and due for rotation after ‹limit›. Make a new one‹where›, and set apiKey and keyCreatedAt.",
  },
  rotated: {
    text: "the new key (fingerprint ‹fingerprint›) works and has taken the place of ‹before›. Revoke the old one ‹where› once all that use it have the new one: that cannot be seen from here.",
  },
  "api-key-plain-text": {
    text: "The configuration ‹name› is stored in plain text. Store it as a secret: 'pulumi config set --secret ‹name›' asks for it. It may have been committed: then revoke it at ‹page› and store a new one.",
  },
  "package-not-found": {
    text: "Pulumi cannot load 'pulumi-deepseek' from ‹folder›: add it to the dependencies in the program's own package.json.",
    remedy: "The package came along with another one, and the engine loads it from the program's folder.",
  },
  "input-unknown": {
    text: "still not known at deployment: ‹names›. Please report this.",
  },
} as const satisfies Readonly<Record<string, MessageText>>;

/** A message of the table. */
export function connectionMessage<Code extends keyof typeof connectionMessages>(
  code: Code,
  ...[values]: ValuesArgument<(typeof connectionMessages)[Code]["text"]>
) {
  return { code, text: fill(connectionMessages[code].text, values) };
}

const howToOverride = "To deploy without this check: pulumi config set deepseek:verify none.";

/** Cause and next step: what `statusReason` holds. */
export function reasonOf(verdict: UnhealthyVerdict): string {
  return `${verdict.cause} ${verdict.nextStep}`;
}

/** Why a connection cannot be deployed. A shell puts the resource's name before it. */
export function failureOf(verdict: UnhealthyVerdict, settings: Settings) {
  return { code: verdict.code, text: `${culprit(verdict, settings)}${reasonOf(verdict)} ${howToOverride}` };
}

/** The same as a warning, which names the connection by itself. */
export function warningOf(verdict: UnhealthyVerdict, settings: Settings): Message {
  const again = verdict.kind === "indeterminate" ? " It is checked again at the next preview, update or refresh." : "";
  const text = `${culprit(verdict, settings)}${reasonOf(verdict)}${again}`;
  return on(settings.displayName, "warning", { code: verdict.code, text });
}

/** What is worth a word besides the verdict, and decides nothing. Each text has no connection's name before it. */
export function hintsOf({ apiKey, baseUrl }: Settings, { verdict, unlisted = [] }: ProbeResult) {
  const isOdd = verdict.kind !== "valid" && isDefaultHost(baseUrl) && USUAL_KEY.exec(apiKey)?.[0] !== apiKey;
  return [
    ...(unlisted.length > 0 ? [connectionMessage("model-unlisted", { models: unlisted.join(", ") })] : []),
    ...(isOdd ? [connectionMessage("api-key-unusual")] : []),
  ];
}

/** A hint as a message on its connection. */
export function hintOn(settings: Settings, hint: ReturnType<typeof connectionMessage>): Message {
  return on(settings.displayName, "warning", hint);
}

/** A key from the environment is about to replace the one that is stored. */
export function ambientKeyReplaces(stored: string, { apiKey, displayName }: Settings): Message {
  const values = { fingerprint: keyFingerprint(apiKey), before: keyFingerprint(stored) };
  return on(displayName, "warning", connectionMessage("api-key-from-environment", values));
}

/** The stack's configuration decides how strictly a connection is verified, and not the program. */
export function strictnessOverridden(displayName: string, configured: string, given: Strictness = "standard"): Message {
  return on(displayName, "warning", connectionMessage("verify-overridden", { configured, given }));
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * What to say of a key that is older than the user wants it to be; nothing if it is not.
 *
 * @param now epoch milliseconds
 */
export function rotationDue(settings: Settings, now: number): Message | undefined {
  const { apiKey, baseUrl, displayName, keyCreatedAt, rotateAfterDays } = settings;
  if (keyCreatedAt === undefined || rotateAfterDays === undefined) return undefined;
  const days = Math.floor((now - Date.parse(keyCreatedAt)) / DAY_MS);
  if (days < rotateAfterDays) return undefined;
  const where = isDefaultHost(baseUrl) ? ` at ${keysPage}` : "";
  const values = { fingerprint: keyFingerprint(apiKey), days: String(days), limit: String(rotateAfterDays), where };
  return on(displayName, "warning", connectionMessage("rotation-due", values));
}

/** What is left to do once a new key has been verified. @param before the fingerprint of the key that it replaces */
export function rotated({ apiKey, baseUrl, displayName }: Settings, before: string): Message {
  const where = isDefaultHost(baseUrl) ? `at ${keysPage}` : "where it was made";
  return on(displayName, "info", connectionMessage("rotated", { fingerprint: keyFingerprint(apiKey), before, where }));
}

function on(displayName: string, level: Message["level"], { code, text }: { code: string; text: string }): Message {
  return { level, code, text: `DeepSeekConnection '${displayName}': ${text}` };
}

function culprit(verdict: UnhealthyVerdict, { apiKey }: Settings): string {
  return verdict.kind === "invalid" ? `apiKey (fingerprint ${keyFingerprint(apiKey)}): ` : "";
}
