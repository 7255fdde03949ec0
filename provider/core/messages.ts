import { isDefaultHost, isUnencrypted, keysPage } from "../deepseek/endpoint.ts";
import type { ProbeResult } from "../deepseek/probe.ts";
import { keyFingerprint, USUAL_KEY } from "../deepseek/redact.ts";
import type { UnhealthyVerdict } from "../deepseek/verdict.ts";
import type { Settings } from "./inputs.ts";
import { fill, type MessageText, type ValuesArgument } from "./message-text.ts";
import type { Strictness } from "./values.ts";

/** A message about a connection: a stable code for programs and documents, and sentences for people. */
export interface Message {
  readonly level: "info" | "warning";
  readonly code: string;
  /** Contains no part of a key. */
  readonly text: string;
}

/** All messages about a connection other than a probe's verdict and problems with inputs. */
export const connectionMessages = {
  "model-unlisted": {
    text: "the service does not list ‹models›. An alias works even if it is not listed. If this is not an alias, check allowedModels and defaultModel.",
  },
  "api-key-unusual": {
    text: "apiKey does not look like a DeepSeek key ('sk-' followed by 32 hex digits). Check that you copied all of it.",
    remedy: "Copy the key again. DeepSeek does not document the format, so this is only a hint.",
  },
  "api-key-from-environment": {
    text: "the key in the environment variable DEEPSEEK_API_KEY (fingerprint ‹fingerprint›) replaces the key in the state (fingerprint ‹before›). To prevent this, unset the variable and run 'pulumi config set --secret deepseek:apiKey'.",
  },
  "verify-overridden": {
    text: "the stack's configuration sets deepseek:verify to '‹configured›', which overrides the program's '‹given›'. To undo this, run 'pulumi config rm deepseek:verify'.",
  },
  "http-insecure": {
    text: "the key is sent to ‹host› by plain http, because allowInsecureHttp is set. Anybody on the way can read it.",
    remedy: "Use https if the host offers it. Otherwise make sure that the whole network is private.",
  },
  "rotation-due": {
    text: "the key (fingerprint ‹fingerprint›) is ‹days› days old, and rotateAfterDays is ‹limit›. Create a new key‹where›, then set apiKey and keyCreatedAt.",
  },
  rotated: {
    text: "the new key (fingerprint ‹fingerprint›) works and replaces the old key (fingerprint ‹before›). Once everything that used the old key has the new one, revoke the old key ‹where›. Pulumi does not know what still uses it.",
  },
  "api-key-plain-text": {
    text: "The configuration value ‹name› is stored in plain text. Run 'pulumi config set --secret ‹name›' to store it as a secret. If the stack's configuration file was ever committed, revoke the key at ‹page› and store a new one.",
  },
  "api-key-of-other-service": {
    text: "apiKey: is missing. The configured deepseek:apiKey is used only with the configured base URL (deepseek:baseUrl, or else DeepSeek's own), and this connection has another baseUrl. Set deepseek:baseUrl in place of baseUrl, or set apiKey on the connection.",
  },
  "package-not-found": {
    text: "Pulumi cannot load 'pulumi-deepseek' from ‹folder›: add it to the dependencies in the program's own package.json.",
    remedy:
      "Add it even if another package in your program already depends on it: Pulumi loads it from the program's folder.",
  },
  "runtime-not-node": {
    text: "DeepSeekConnection works in Node.js only, and this program runs in ‹runtime›. Set 'runtime: nodejs' in Pulumi.yaml.",
    remedy: "If the program uses Pulumi's Automation API, start it with `node`.",
  },
  "import-without-configuration": {
    text: "A connection can be read only with its key. If the key is configured, and 'pulumi import' does not find it: once the stack has a provider, that command does not pass the configuration on. Import with the resource option 'import' in the program instead.",
  },
  interrupted: {
    text: "the deployment was interrupted, and this connection is unchanged. Run the command again.",
  },
  "plugin-failed": {
    text: "the plugin could not answer '‹method›': ‹error› (‹place›). Report this as a bug in pulumi-deepseek.",
  },
  "input-unknown": {
    text: "these inputs are still unknown during the deployment: ‹names›. Report this as a bug in pulumi-deepseek.",
  },
} as const satisfies Readonly<Record<string, MessageText>>;

/** A message from the table. */
export function connectionMessage<Code extends keyof typeof connectionMessages>(
  code: Code,
  ...[values]: ValuesArgument<(typeof connectionMessages)[Code]["text"]>
) {
  return { code, text: fill(connectionMessages[code].text, values) };
}

const howToOverride = "To deploy without this check, run 'pulumi config set deepseek:verify none'.";

/** Cause and next step, as in `statusReason`. */
export function reasonOf(verdict: UnhealthyVerdict): string {
  return `${verdict.cause} ${verdict.nextStep}`;
}

/** Why a connection cannot be deployed. The shell adds the resource's name. */
export function failureOf(verdict: UnhealthyVerdict, settings: Settings) {
  const { code, text } = refusalOf(verdict, settings);
  return { code, text: `${text} ${howToOverride}` };
}

/** Why a call outside of a deployment failed. */
export function refusalOf(verdict: UnhealthyVerdict, settings: Settings) {
  return { code: verdict.code, text: `${culprit(verdict, settings)}${reasonOf(verdict)}` };
}

/** The same as a warning, which includes the connection's name. */
export function warningOf(verdict: UnhealthyVerdict, settings: Settings): Message {
  const again =
    verdict.kind === "indeterminate" ? " The connection is checked again at the next preview, update or refresh." : "";
  const { code, text } = refusalOf(verdict, settings);
  return on(settings.displayName, "warning", { code, text: text + again });
}

/** Hints besides the verdict, which decide nothing. Their texts do not include the connection's name. */
export function hintsOf({ apiKey, baseUrl }: Settings, { verdict, unlisted = [] }: ProbeResult) {
  const isOdd = verdict.kind !== "valid" && isDefaultHost(baseUrl) && USUAL_KEY.exec(apiKey)?.[0] !== apiKey;
  return [
    ...(unlisted.length > 0 ? [connectionMessage("model-unlisted", { models: unlisted.join(", ") })] : []),
    ...(isOdd ? [connectionMessage("api-key-unusual")] : []),
  ];
}

/** A hint as a warning about its connection. */
export function hintOn(settings: Settings, hint: ReturnType<typeof connectionMessage>): Message {
  return on(settings.displayName, "warning", hint);
}

/** Warns that a key from the environment will replace the stored one. */
export function ambientKeyReplaces(stored: string, { apiKey, displayName }: Settings): Message {
  const values = { fingerprint: keyFingerprint(apiKey), before: keyFingerprint(stored) };
  return on(displayName, "warning", connectionMessage("api-key-from-environment", values));
}

/** The warning about a base URL to which calls go unencrypted; nothing if they do not. */
export function insecureHttp(baseUrl: string): ReturnType<typeof connectionMessage> | undefined {
  if (!isUnencrypted(baseUrl)) return undefined;
  return connectionMessage("http-insecure", { host: new URL(baseUrl).host });
}

/** Warns that the stack's configuration overrides the program's `verify`. */
export function strictnessOverridden(displayName: string, configured: string, given: Strictness = "standard"): Message {
  return on(displayName, "warning", connectionMessage("verify-overridden", { configured, given }));
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * A warning about a key that is older than `rotateAfterDays`; nothing if it is not.
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

/** What is left to do after a new key was verified. @param before the fingerprint of the key that it replaces */
export function rotated({ apiKey, baseUrl, displayName }: Settings, before: string): Message {
  const where = isDefaultHost(baseUrl) ? `at ${keysPage}` : "where it was created";
  return on(displayName, "info", connectionMessage("rotated", { fingerprint: keyFingerprint(apiKey), before, where }));
}

function on(displayName: string, level: Message["level"], { code, text }: { code: string; text: string }): Message {
  return { level, code, text: `DeepSeekConnection '${displayName}': ${text}` };
}

function culprit(verdict: UnhealthyVerdict, { apiKey }: Settings): string {
  return verdict.kind === "invalid" ? `apiKey (fingerprint ${keyFingerprint(apiKey)}): ` : "";
}
