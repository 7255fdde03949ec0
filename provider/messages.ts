import type { Settings } from "./arguments.ts";
import { isDefaultHost } from "./deepseek/endpoint.ts";
import type { ProbeResult } from "./deepseek/probe.ts";
import { keyFingerprint, USUAL_KEY } from "./deepseek/redact.ts";
import type { UnhealthyVerdict } from "./deepseek/verdict.ts";

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
