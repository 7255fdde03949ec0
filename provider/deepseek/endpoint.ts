import { BlockList, isIPv6 } from "node:net";
import { domainToUnicode } from "node:url";

/** Where DeepSeek's customers create and revoke keys. There is no API for that. */
export const keysPage = "https://platform.deepseek.com/api_keys";

export const topUpPage = "https://platform.deepseek.com/top_up";

export const statusPage = "https://status.deepseek.com";

/** The base URL that is used when none is given. Source: DeepSeek's API documentation. */
export const DEFAULT_BASE_URL = "https://api.deepseek.com";

/** Longest base URL, in characters: it is a dimension of metrics. Source: CloudWatch, 'Dimension', at most 1,024. */
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

/** Why a base URL is refused, by message code. Each text is followed by a sentence on what is allowed. */
export const baseUrlProblems = {
  "base-url-characters": "it contains whitespace, a backslash or an invisible character",
  "base-url-not-absolute": "it is not an absolute URL",
  "base-url-scheme": "its scheme is not https",
  "base-url-credentials": "it contains a user name or a password",
  "base-url-query": "it has a query or a fragment ('?…' or '#…')",
  "base-url-metadata-address":
    "its host is a special-purpose address, such as a link-local or metadata address, and cannot be used for an API",
  "base-url-trailing-dot": "its host ends with a dot: remove the dot",
  "base-url-lookalike": "its host looks like DeepSeek's, but belongs to somebody else",
  "base-url-plain-http":
    "it uses plain http, which would send the key unencrypted. Plain http is allowed only to this machine. If the network " +
    "is private, set allowInsecureHttp: true",
  "base-url-plain-http-deepseek": "it uses plain http, which would send the key unencrypted. To DeepSeek, use https",
  "base-url-too-long": `it is longer than ${MAX_LENGTH} characters`,
} as const;

type BaseUrlProblem = keyof typeof baseUrlProblems;

export type BaseUrl =
  | { readonly ok: true; readonly baseUrl: string }
  | {
      readonly ok: false;
      readonly code: BaseUrlProblem;
      /** What is wrong and what is allowed. The given text is not repeated, since it may contain a password. */
      readonly problem: string;
    };

export interface BaseUrlOptions {
  /** Whether plain http is allowed to hosts other than this machine and DeepSeek's. @default false */
  readonly allowInsecureHttp?: boolean;
}

/**
 * Decides whether a key may be sent to a base URL, and normalizes the URL: surrounding whitespace and trailing slashes
 * are removed, a path such as `/v1` is kept.
 *
 * Plain http exposes the key on the network. Without the option it is allowed only to this machine (tests, local
 * gateways).
 */
export function parseBaseUrl(given: string, { allowInsecureHttp = false }: BaseUrlOptions = {}): BaseUrl {
  const text = given.trim();
  // `URL` drops line breaks and treats a backslash as a slash, so it may call another host than a person would read.
  if (/[\s\p{Cc}\p{Cf}\\]/u.test(text)) return refuse("base-url-characters");
  if (!URL.canParse(text)) return refuse("base-url-not-absolute");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return refuse("base-url-scheme");
  // Checked in the text, since `URL` treats empty user info as none.
  if (/^[^/?#]*\/*[^/?#]*@/.test(text)) return refuse("base-url-credentials");
  if (/[?#]/.test(text)) return refuse("base-url-query");
  const problem = hostProblem(url.hostname);
  if (problem !== undefined) return refuse(problem);
  if (isUnencrypted(url.href)) {
    if (/(^|\.)deepseek\.com$/.test(url.hostname)) return refuse("base-url-plain-http-deepseek");
    if (!allowInsecureHttp) return refuse("base-url-plain-http");
  }
  const baseUrl = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  return baseUrl.length > MAX_LENGTH ? refuse("base-url-too-long") : { ok: true, baseUrl };
}

function refuse(code: BaseUrlProblem): BaseUrl {
  return { ok: false, code, problem: `${baseUrlProblems[code]}. Use an https address such as ${DEFAULT_BASE_URL}` };
}

/** Whether calls to a base URL, which must be valid, cross a network without encryption. */
export function isUnencrypted(baseUrl: string): boolean {
  const { protocol, hostname } = new URL(baseUrl);
  return protocol === "http:" && !isLoopback(hostname);
}

function isLoopback(hostname: string): boolean {
  // `URL` has already normalized every spelling of an IPv4 address to dotted decimals.
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Whether a base URL is DeepSeek's own service, the only one to which a key from the environment is sent. */
export function isDefaultHost(baseUrl: string): boolean {
  return new URL(baseUrl).origin === DEFAULT_BASE_URL;
}

/** The address of a call. The balance exists only at the service's root, not below `/v1`. */
export function addressOf(call: Call, baseUrl: string): string {
  const root = call === "balance" ? baseUrl.replace(/\/v1$/, "") : baseUrl;
  return root + routes[call].path;
}

/**
 * Addresses that never host an API. Link-local and metadata addresses hand out the machine's own credentials and log
 * requests. Private networks are not in the list, because gateways run there.
 */
const special = new BlockList();
special.addSubnet("0.0.0.0", 8);
special.addSubnet("224.0.0.0", 3); // multicast, reserved, broadcast
special.addSubnet("169.254.0.0", 16); // link-local: the metadata of AWS, Azure, Google Cloud, Oracle, ECS and EKS
special.addAddress("100.100.100.200"); // metadata of Alibaba Cloud
special.addAddress("168.63.129.16"); // Azure's own channel to a machine
special.addAddress("192.0.0.192"); // metadata of Oracle Cloud, older machines
special.addAddress("::", "ipv6");
special.addSubnet("ff00::", 8, "ipv6"); // multicast
special.addSubnet("fe80::", 10, "ipv6"); // link-local
special.addSubnet("fd00:ec2::", 32, "ipv6"); // metadata of AWS, EKS included
special.addAddress("fd20:ce::254", "ipv6"); // metadata of Google Cloud
special.addSubnet("64:ff9b::a9fe:0", 112, "ipv6"); // IPv4's link-local, through NAT64

/** The names of the same services. */
const metadataNames = /^(metadata(\.google\.internal|\.goog)?|instance-data(\.ec2\.internal)?)$/;

/** Cyrillic and Greek letters that look like letters of "deepseek". Accents are removed before the lookup. */
const lookalikeLetters: Readonly<Record<string, string>> = Object.fromEntries(
  ["dԁ", "eеε", "pрρ", "sѕ", "kкκ"].flatMap(([letter = "", ...others]) => others.map((other) => [other, letter])),
);

/**
 * Why no key may be sent to a host; nothing if it may. Other spellings of an address (decimal, hex, octal; IPv4 inside
 * IPv6) are treated the same.
 *
 * @param hostname as returned by `URL`: lower case, punycode, IPv4 in dotted decimals, IPv6 in brackets
 */
function hostProblem(hostname: string): BaseUrlProblem | undefined {
  if (isSpecial(hostname) || metadataNames.test(hostname)) {
    return "base-url-metadata-address";
  }
  if (hostname.endsWith(".")) return "base-url-trailing-dot";
  // A host that only looks like DeepSeek's is meant to deceive. Other names that contain "deepseek" are gateways.
  if (/deepseek\.com[.-]/.test(hostname) || hostname.split(".").some(looksLikeDeepSeek)) {
    return "base-url-lookalike";
  }
  return undefined;
}

function isSpecial(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  // The list itself recognizes IPv4 inside IPv6.
  return isIPv6(address) ? special.check(address, "ipv6") : /^[\d.]+$/.test(address) && special.check(address);
}

/** Whether a part of a host name looks like "deepseek" with some letters replaced by non-ASCII ones. */
function looksLikeDeepSeek(label: string): boolean {
  if (!label.startsWith("xn--")) return false;
  const folded = domainToUnicode(label)
    .replaceAll("deepseek", "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/\P{ASCII}/gu, (letter) => lookalikeLetters[letter] ?? "?");
  // A letter that is not in the table counts as a wildcard. With more than four of them, any word would match.
  return [...folded.matchAll(/(?=([d?][e?]{2}[p?][s?][e?]{2}[k?]))/g)].some(
    ([, word = ""]) => word.replaceAll("?", "").length >= 4,
  );
}
