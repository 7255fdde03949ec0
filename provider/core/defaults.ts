import { ambientKey } from "../deepseek/api-key.ts";
import { type BaseUrlOptions, DEFAULT_BASE_URL, parseBaseUrl } from "../deepseek/endpoint.ts";
import { type Bag, UNKNOWN } from "./values.ts";

/** What the stack's configuration or a provider sets for all its connections. */
export interface Configured {
  readonly apiKey?: unknown;
  readonly baseUrl?: unknown;
  readonly verify?: unknown;
}

/** Values for inputs that a connection does not set. */
export interface Defaults {
  readonly apiKey?: { readonly value: unknown; readonly from: "configuration" | "environment" };
  /** Whether there is a configured key, which is not for this connection's base URL. */
  readonly isKeyWithheld?: true;
  readonly baseUrl?: unknown;
  /** Overrides the `verify` of every connection, with a warning. */
  readonly verify?: unknown;
}

/**
 * The defaults for one connection. A configured key is for the configured base URL, so a connection with another base URL
 * does not get it. A key from the environment is for DeepSeek's own host only.
 */
export function defaultsFor(given: Bag, configured: Configured): Defaults {
  const key = given["apiKey"] === undefined ? defaultKey(given["baseUrl"], configured) : {};
  return {
    ...key,
    ...(configured.baseUrl !== undefined && { baseUrl: configured.baseUrl }),
    ...(configured.verify !== undefined && { verify: configured.verify }),
  };
}

function defaultKey(own: unknown, { apiKey, baseUrl: shared }: Configured): Pick<Defaults, "apiKey" | "isKeyWithheld"> {
  if (apiKey === undefined) {
    const baseUrl = own ?? shared;
    const value = baseUrl === undefined || typeof baseUrl === "string" ? ambientKey(baseUrl) : undefined;
    return value === undefined ? {} : { apiKey: { value, from: "environment" } };
  }
  if (own === undefined) return { apiKey: { value: apiKey, from: "configuration" } };
  // Not known yet whether it is the same.
  if (own === UNKNOWN || shared === UNKNOWN) return { apiKey: { value: UNKNOWN, from: "configuration" } };
  const [other, ours] = [own, shared].map((baseUrl) => normalizedBaseUrl(baseUrl, { allowInsecureHttp: true }));
  return other === ours ? { apiKey: { value: apiKey, from: "configuration" } } : { isKeyWithheld: true };
}

/** A base URL in the form in which it is stored, or the default one. If it is invalid, the connection fails anyway. */
export function normalizedBaseUrl<Given>(given: Given | undefined, options: BaseUrlOptions): Given | string {
  const baseUrl = given === undefined ? DEFAULT_BASE_URL : given;
  const parsed = typeof baseUrl === "string" ? parseBaseUrl(baseUrl, options) : undefined;
  return parsed?.ok ? parsed.baseUrl : baseUrl;
}
