import { isDefaultHost, parseBaseUrl } from "./endpoint.ts";

/** Longest key, in characters: gateways issue tokens of several hundred. */
const MAX_LENGTH = 8_192;

/** Why a text cannot be an API key, by message code. Each text follows the name of the input or option. */
export const apiKeyProblems = {
  "api-key-empty": "is empty",
  "api-key-bearer": "starts with 'Bearer '. Provide only the key",
  "api-key-quoted": "contains a quotation mark. Provide only the key",
  "api-key-whitespace": "contains whitespace. Provide only the key",
  "api-key-characters": "contains a character that is not allowed in a key. Copy the key again",
  "api-key-too-long": `is longer than ${MAX_LENGTH} characters. Provide only the key`,
} as const;

export type ApiKeyProblem = keyof typeof apiKeyProblems;

/**
 * Decides whether a text can be an API key. Inputs, stored secrets and the command line all use this rule. DeepSeek
 * does not document the format of its keys, and gateways use other formats. So a text is refused only if an HTTP header
 * could not carry it, or if something else was copied along with the key.
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
 * The key in the environment variable `DEEPSEEK_API_KEY`; absent if there is none, or if the base URL is not DeepSeek's
 * own. A key in the environment was not meant for any other host.
 *
 * @param baseUrl as it was given
 */
export function ambientKey(baseUrl: string | undefined): string | undefined {
  if (baseUrl !== undefined) {
    const parsed = parseBaseUrl(baseUrl);
    if (!parsed.ok || !isDefaultHost(parsed.baseUrl)) return undefined;
  }
  return process.env["DEEPSEEK_API_KEY"]?.trim() || undefined;
}
