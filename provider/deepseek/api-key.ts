import { isDefaultHost, parseBaseUrl } from "./endpoint.ts";

/** Longest key, in characters: gateways issue tokens of several hundred. */
const MAX_LENGTH = 8_192;

/** Why a text cannot be an API key, by the code of the message. Each continues a sentence that names the place. */
export const apiKeyProblems = {
  "api-key-empty": "is empty",
  "api-key-bearer": "starts with 'Bearer ': give the key alone",
  "api-key-quoted": "contains a quotation mark: give the key alone",
  "api-key-whitespace": "contains whitespace: give the key alone",
  "api-key-characters": "contains a character that no key has",
  "api-key-too-long": `is longer than ${MAX_LENGTH} characters: give the key alone`,
} as const;

export type ApiKeyProblem = keyof typeof apiKeyProblems;

/**
 * Decides whether a text can be an API key: the one rule for inputs, stored secrets and the command line. The shape of
 * DeepSeek's keys is not documented, and gateways have others, so only what no HTTP header could carry, or what was
 * copied along with a key, is refused.
 *
 * @param key without whitespace around it
 */
export function apiKeyProblem(key: string): ApiKeyProblem | undefined {
  if (key === "") return "api-key-empty";
  if (key.length > MAX_LENGTH) return "api-key-too-long";
  if (/^bearer\s/i.test(key)) return "api-key-bearer";
  if (/['"`\u2018-\u201f]/.test(key)) return "api-key-quoted";
  if (/\s/.test(key)) return "api-key-whitespace";
  return /^[\x21-\x7e]+$/.test(key) ? undefined : "api-key-characters";
}

/**
 * The key in the environment variable `DEEPSEEK_API_KEY`, for a base URL as it was given: absent where there is none, and
 * for every host but DeepSeek's own. A key that lies in the environment was not meant for a host that somebody names.
 */
export function ambientKey(baseUrl: string | undefined): string | undefined {
  if (baseUrl !== undefined) {
    const parsed = parseBaseUrl(baseUrl);
    if (!parsed.ok || !isDefaultHost(parsed.baseUrl)) return undefined;
  }
  return process.env["DEEPSEEK_API_KEY"]?.trim() || undefined;
}
