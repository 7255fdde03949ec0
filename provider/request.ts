import { createHash } from "node:crypto";
import type { Settings } from "./arguments.ts";
import type { ProbeRequest } from "./deepseek/probe.ts";
import { keyFingerprint } from "./deepseek/redact.ts";

/** What a connection's settings ask of a probe. */
export function requestOf(settings: Settings, testCall: boolean, chosenModel?: string): ProbeRequest {
  const { apiKey, baseUrl, allowedModels, defaultModel, timeoutSeconds, maxAttempts } = settings;
  return {
    apiKey,
    baseUrl,
    ...(allowedModels !== undefined && { allowedModels }),
    ...(defaultModel !== undefined && { defaultModel }),
    ...(chosenModel !== undefined && { chosenModel }),
    testCall,
    timeoutMs: Math.round(timeoutSeconds * 1_000),
    maxAttempts,
  };
}

/** Tells requests apart without holding the key. */
export function requestFingerprint({ apiKey, ...rest }: ProbeRequest): string {
  const text = JSON.stringify([keyFingerprint(apiKey), Object.entries(rest).toSorted()]);
  return createHash("sha256").update(text).digest("hex");
}
