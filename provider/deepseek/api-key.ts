import { isDefaultHost, parseBaseUrl } from "./endpoint.ts";

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
