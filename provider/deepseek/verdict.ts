import { type Call, isDefaultHost, keysPage, routes, statusPage, topUpPage } from "./endpoint.ts";
import type { Fault } from "./http.ts";
import { printable } from "./redact.ts";
import type { Retry } from "./retry.ts";

/** What one call came to, after its retries. */
export type Outcome<Reply = unknown> =
  | { readonly type: "reply"; readonly reply: Reply }
  | {
      readonly type: "refusal";
      readonly status: number;
      /** What the service said, redacted. */
      readonly message?: string;
      /** How many attempts ended in a 401, this one included; absent for none. */
      readonly rejections?: number;
      /** What the service asked for with `Retry-After`, in milliseconds. */
      readonly retryAfterMs?: number;
    }
  | { readonly type: "unusable"; readonly reason: Unusable }
  | { readonly type: "fault"; readonly fault: Fault };

/** Why a 200 says nothing. `noCapacity`: interrupted by the service, `finish_reason: insufficient_system_resource`. */
export type Unusable = "blank" | "notJson" | "unexpected" | "oversized" | "encoded" | "noCapacity";

/** What is known of a key after a probe. `cause` and `nextStep` are whole sentences without any part of a key. */
export type Verdict = { readonly kind: "valid" } | UnhealthyVerdict;

export interface UnhealthyVerdict {
  readonly kind: Unhealthy;
  /** Stable: programs and the page of errors know the message by it. */
  readonly code: string;
  readonly cause: string;
  readonly nextStep: string;
  /** The call that decided. Absent where none did. */
  readonly call?: Call;
  /** The HTTP status that decided. Absent where no status did: a fault, or what a 200 holds. */
  readonly httpStatus?: number;
}

/** The key works but has no money; is rejected; an input is wrong; or nothing is known about the key. */
type Unhealthy = "unfunded" | "invalid" | "misconfigured" | "indeterminate";

export type VerdictKind = Verdict["kind"];

/** Which call an outcome belongs to. */
export interface CallContext {
  readonly call: Call;
  readonly baseUrl: string;
  /** The model that a chat call asked for. */
  readonly model?: string;
  /** The ids that the service lists, as far as they are known. */
  readonly listed?: readonly string[];
}

/** A call and what was answered. */
type Answer = CallContext & { readonly status: number; readonly message?: string };

interface Row {
  readonly kind: Unhealthy;
  readonly code: string;
  readonly retry: Retry;
  readonly cause: (answer: Answer) => string;
  readonly nextStep: (answer: Answer) => string;
}

/** How many models a message names. */
export const MAX_NAMES = 12;

const rejected: Row = {
  kind: "invalid",
  code: "key-rejected",
  retry: "confirm",
  // Nothing of the reply is quoted: DeepSeek's 401 echoes the key's last four characters.
  cause: (answer) => `${hostOf(answer)} rejects this API key (HTTP 401, asked twice).`,
  nextStep: (answer) =>
    isDefaultHost(answer.baseUrl)
      ? `Check that the whole key was copied, or create a new one at ${keysPage} and store that.`
      : "Check that the key is one for this base URL, and ask whoever runs it for a new one.",
};

const unconfirmed: Row = {
  kind: "indeterminate",
  code: "key-rejected-once",
  retry: "confirm",
  cause: (answer) => `${hostOf(answer)} rejected this API key once (HTTP 401) and could not be asked again in time.`,
  nextStep: () => "Outages have answered 401 to good keys, so nothing is decided: try again, with a longer timeout.",
};

const unfunded: Row = {
  kind: "unfunded",
  code: "balance-insufficient",
  retry: "never",
  cause: (answer) => `${hostOf(answer)} accepts this API key, but its account has no money left.`,
  nextStep: (answer) =>
    isDefaultHost(answer.baseUrl)
      ? `Top the account up at ${topUpPage}.`
      : "Ask whoever runs this base URL to top the account up.",
};

const refusedModel: Row = {
  kind: "misconfigured",
  code: "model-refused",
  retry: "never",
  cause: said,
  nextStep: ({ model, listed = [] }) => {
    const names = listed.length === 0 ? "" : ` The service lists ${enumerate(listed)}.`;
    return `Check defaultModel '${model}'.${names}`;
  },
};

const refusedAddress: Row = {
  kind: "misconfigured",
  code: "base-url-refused",
  retry: "never",
  cause: said,
  nextStep: ({ call }) => `Check baseUrl: this address has no ${routes[call].path}.`,
};

const redirected: Row = {
  kind: "misconfigured",
  code: "redirected",
  retry: "never",
  cause: said,
  nextStep: () => "Redirects are not followed, so that the key stays with this host: set baseUrl to the final address.",
};

const forbidden: Row = {
  kind: "indeterminate",
  code: "access-forbidden",
  retry: "never",
  cause: said,
  nextStep: () =>
    "Nothing is known about the key: a firewall, a proxy or a rule for this region may refuse this machine.",
};

const limited: Row = {
  kind: "indeterminate",
  code: "rate-limited",
  retry: "backoff",
  cause: said,
  nextStep: () => "Nothing is known about the key. The limit belongs to the account and shrinks with its balance.",
};

const failing: Row = {
  kind: "indeterminate",
  code: "service-failing",
  retry: "backoff",
  cause: said,
  nextStep: (answer) =>
    isDefaultHost(answer.baseUrl)
      ? `Nothing is known about the key: the service has trouble (${statusPage}).`
      : "Nothing is known about the key: this base URL has trouble.",
};

const unexpected: Row = {
  kind: "indeterminate",
  code: "status-unexpected",
  retry: "never",
  cause: said,
  nextStep: () => "Nothing is known about the key: check that baseUrl is that of an OpenAI-compatible API.",
};

/**
 * HTTP status → verdict: the one table for provider and monitor. Only the status decides: DeepSeek's `error.code` is the
 * same for 400, 401, 402 and 429.
 */
function rowOfStatus(status: number, call: Call, rejections = 0): Row {
  switch (status) {
    case 401:
      return rejections >= 2 ? rejected : unconfirmed;
    case 402:
      return unfunded;
    case 400:
    case 404:
    case 422:
      return call === "chat" ? refusedModel : refusedAddress;
    case 403:
      return forbidden;
    case 429:
      return limited;
    case 408:
      return failing;
    default:
      if (status >= 500) return failing;
      return status >= 300 && status < 400 ? redirected : unexpected;
  }
}

/** A call that came to nothing: what the service did, and what to look at. */
interface NoAnswer {
  readonly code: string;
  readonly retry: Retry;
  readonly text: string;
  readonly hint?: string;
}

const unusableTexts: Readonly<Record<Unusable, NoAnswer>> = {
  blank: { code: "reply-blank", retry: "backoff", text: "answered HTTP 200 with nothing in it" },
  notJson: { code: "reply-not-json", retry: "backoff", text: "answered HTTP 200 with something other than JSON" },
  unexpected: {
    code: "reply-unexpected",
    retry: "backoff",
    text: "answered HTTP 200 with JSON of another form than documented",
  },
  oversized: { code: "reply-too-large", retry: "never", text: "answered with more than a megabyte" },
  encoded: { code: "reply-compressed", retry: "never", text: "answered in a compressed form, which was not asked for" },
  noCapacity: { code: "capacity-exhausted", retry: "backoff", text: "broke the answer off for lack of capacity" },
};

const faultTexts: Readonly<Record<Fault, NoAnswer>> = {
  timeout: { code: "timed-out", retry: "backoff", text: "did not answer in time" },
  dns: {
    code: "dns-failed",
    retry: "backoff",
    text: "could not be found in DNS",
    hint: "check baseUrl, HTTPS_PROXY and this machine's DNS",
  },
  refused: {
    code: "connection-refused",
    retry: "backoff",
    text: "refused the connection",
    hint: "check baseUrl, HTTPS_PROXY and that something listens there",
  },
  unreachable: {
    code: "host-unreachable",
    retry: "backoff",
    text: "cannot be reached",
    hint: "check this machine's network",
  },
  reset: { code: "connection-reset", retry: "backoff", text: "closed the connection without an answer" },
  tls: {
    code: "tls-failed",
    retry: "never",
    text: "has no valid TLS certificate",
    hint: "check baseUrl, the clock and the proxy",
  },
  proxy: {
    code: "proxy-failed",
    retry: "backoff",
    text: "was not reached through the proxy",
    hint: "check HTTPS_PROXY and NO_PROXY",
  },
  protocol: { code: "http-malformed", retry: "never", text: "does not speak proper HTTP", hint: "check baseUrl" },
  other: { code: "call-failed", retry: "backoff", text: "could not be asked" },
};

/** Judges what a call came to. */
export function judge(outcome: Outcome, context: CallContext): Verdict {
  switch (outcome.type) {
    case "reply":
      return { kind: "valid" };
    case "refusal": {
      const row = rowOfStatus(outcome.status, context.call, outcome.rejections);
      const answer = { ...context, ...outcome };
      return { ...unhealthy(row, answer), httpStatus: outcome.status };
    }
    case "unusable":
      return unknown(context, unusableTexts[outcome.reason]);
    case "fault":
      return unknown(context, faultTexts[outcome.fault]);
  }
}

/** Whether the client tries a call again after an outcome. */
export function retryOf(outcome: Outcome): Retry {
  switch (outcome.type) {
    case "reply":
      return "never";
    case "refusal":
      // What is retried is the same for each call.
      return rowOfStatus(outcome.status, "models", outcome.rejections).retry;
    case "unusable":
      return unusableTexts[outcome.reason].retry;
    case "fault":
      return faultTexts[outcome.fault].retry;
  }
}

/** The verdict on an account by what its balance's reply says: whether it is sufficient for calls. */
export function judgeBalance(isAvailable: boolean, context: CallContext): Verdict {
  return isAvailable ? { kind: "valid" } : unhealthy(unfunded, { ...context, status: 200 });
}

/** The verdict when no model can be chosen for the test call. */
export function noModel(context: CallContext): Verdict {
  return {
    kind: "misconfigured",
    code: "models-empty",
    cause: `${hostOf(context)} lists no models, so none can be chosen.`,
    nextStep: "Set defaultModel to a model that this service has.",
    call: context.call,
  };
}

function unhealthy(row: Row, answer: Answer): UnhealthyVerdict {
  return {
    kind: row.kind,
    code: row.code,
    cause: row.cause(answer),
    nextStep: row.nextStep(answer),
    call: answer.call,
  };
}

function unknown(context: CallContext, { code, text, hint }: NoAnswer): UnhealthyVerdict {
  const advice = hint === undefined ? "" : `: ${hint}`;
  return {
    kind: "indeterminate",
    code,
    cause: `${hostOf(context)} ${text} (${routeOf(context)}).`,
    nextStep: `Nothing is known about the key${advice}.`,
    call: context.call,
  };
}

function said(answer: Answer): string {
  const quote = answer.message === undefined ? "." : `: "${answer.message}"`;
  return `${hostOf(answer)} answered ${routeOf(answer)} with HTTP ${answer.status}${quote}`;
}

function hostOf(context: CallContext): string {
  return new URL(context.baseUrl).host;
}

function routeOf(context: CallContext): string {
  const { method, path } = routes[context.call];
  return `${method} ${path}`;
}

/** A gateway may list hundreds of models, with long names; a message names the first few. */
export function enumerate(ids: readonly string[]): string {
  const shown = printable(ids.slice(0, MAX_NAMES).join(", "));
  return ids.length > MAX_NAMES ? `${shown} and ${ids.length - MAX_NAMES} more` : shown;
}
