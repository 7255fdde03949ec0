import { objectionTo } from "./hosts.ts";

/** The base URL that is used when none is given. Source: DeepSeek's API documentation. */
export const DEFAULT_BASE_URL = "https://api.deepseek.com";

/** Longest base URL, in characters: it is a dimension of metrics. Source: CloudWatch, 'Dimension', 1,024 at most. */
const MAX_LENGTH = 1_024;

/** The calls that a probe can make. `balance` and `models` are free of charge, `chat` costs tokens. */
export type Call = "models" | "balance" | "chat";

interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
}

/** Method and path of each call, relative to the base URL. Source: DeepSeek's API documentation. */
export const routes: Readonly<Record<Call, Route>> = {
  models: { method: "GET", path: "/models" },
  balance: { method: "GET", path: "/user/balance" },
  chat: { method: "POST", path: "/chat/completions" },
};

export type BaseUrl =
  | { readonly ok: true; readonly baseUrl: string }
  | {
      readonly ok: false;
      /** What is wrong and what is allowed, without the text that was given: it may hold a password. */
      readonly problem: string;
    };

/**
 * Decides whether a key may be sent to a base URL, and brings the URL into the one form that is stored and called:
 * surrounding blanks and trailing slashes are dropped, a path such as `/v1` is kept.
 *
 * Plain http would show the key to everybody on the way, so it is allowed to this machine alone (tests, local gateways).
 */
export function parseBaseUrl(given: string): BaseUrl {
  const text = given.trim();
  // `URL` drops line breaks and takes a backslash for a slash, so the host that is read is not the one that is called.
  if (/[\s\p{Cc}\p{Cf}\\]/u.test(text)) return refuse("it holds a blank, a backslash or an invisible character");
  if (!URL.canParse(text)) return refuse("it is not an absolute URL");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return refuse(`'${url.protocol}' is not a web address`);
  // In the text, since `URL` does not tell empty ones from none.
  if (/^[^/?#]*\/*[^/?#]*@/.test(text)) return refuse("it holds a user name or a password");
  if (/[?#]/.test(text)) return refuse("it has a query or a fragment ('?…' or '#…')");
  const objection = objectionTo(url.hostname);
  if (objection !== undefined) return refuse(objection);
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return refuse("plain http would send the key unencrypted; http is allowed to this machine only");
  }
  const baseUrl = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  return baseUrl.length > MAX_LENGTH ? refuse(`it is longer than ${MAX_LENGTH} characters`) : { ok: true, baseUrl };
}

function refuse(reason: string): BaseUrl {
  return { ok: false, problem: `${reason}. Give an https address such as ${DEFAULT_BASE_URL}` };
}

function isLoopback(hostname: string): boolean {
  // WHATWG URLs have brought every spelling of an IPv4 address into dotted decimals by now.
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Whether a base URL is DeepSeek's own service: the only place to which a key from the environment is sent. */
export function isDefaultHost(baseUrl: string): boolean {
  return new URL(baseUrl).origin === DEFAULT_BASE_URL;
}

/** The address of a call. The balance exists at the service's root only, not below `/v1`. */
export function addressOf(call: Call, baseUrl: string): string {
  const root = call === "balance" ? baseUrl.replace(/\/v1$/, "") : baseUrl;
  return root + routes[call].path;
}
