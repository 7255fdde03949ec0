import { type Call, isDefaultHost, keysPage, routes, statusPage, topUpPage } from "./endpoint.ts";
import type { Fault } from "./http.ts";
import { printable } from "./redact.ts";
import type { Retry } from "./retry.ts";

/** The outcome of one call, after its retries. */
export type Outcome<Reply = unknown> =
  | { readonly type: "reply"; readonly reply: Reply }
  | {
      readonly type: "refusal";
      readonly status: number;
      /** The service's error message, redacted. */
      readonly message?: string;
      /** How many attempts ended in a 401, this one included; absent for none. */
      readonly rejections?: number;
      /** The wait that the service requested with `Retry-After`, in milliseconds. */
      readonly retryAfterMs?: number;
    }
  | { readonly type: "unusable"; readonly reason: Unusable }
  | { readonly type: "fault"; readonly fault: Fault };

/** Why a 200 proves nothing. `noCapacity`: the service stopped, with `finish_reason: insufficient_system_resource`. */
export type Unusable = "blank" | "notJson" | "unexpected" | "oversized" | "encoded" | "noCapacity";

/** What a probe found out about a key. `cause` and `nextStep` are complete sentences that contain no part of a key. */
export type Verdict = { readonly kind: "valid" } | UnhealthyVerdict;

export interface UnhealthyVerdict {
  readonly kind: Unhealthy;
  /** Stable: programs and ERRORS.md identify the message by it. */
  readonly code: string;
  readonly cause: string;
  readonly nextStep: string;
  /** The call that led to this verdict; absent if none did. */
  readonly call?: Call;
  /** The HTTP status that led to this verdict; absent for a fault, and for a 200 whose body decided. */
  readonly httpStatus?: number;
}

/** The account has insufficient balance; the key is rejected; an input is wrong; or nothing is known about the key. */
type Unhealthy = "unfunded" | "invalid" | "misconfigured" | "indeterminate";

export type VerdictKind = Verdict["kind"];

/** The call that an outcome belongs to. */
export interface CallContext {
  readonly call: Call;
  readonly baseUrl: string;
  /** The model that a chat call used. */
  readonly model?: string;
  /** The ids that the service lists, if they are known. */
  readonly listed?: readonly string[];
}

/** A call and the answer to it. */
type Answer = CallContext & { readonly status: number; readonly message?: string };

interface Row {
  readonly kind: Unhealthy;
  readonly code: string;
  readonly retry: Retry;
  readonly cause: (answer: Answer) => string;
  readonly nextStep: (answer: Answer) => string;
}

/** The most models that a message names. */
export const MAX_NAMES = 12;

const rejected: Row = {
  kind: "invalid",
  code: "key-rejected",
  retry: "confirm",
  // The reply is not quoted: DeepSeek's 401 echoes the key's last four characters.
  cause: (answer) => `${hostOf(answer)} rejects this API key (HTTP 401, confirmed by a second call).`,
  nextStep: (answer) =>
    isDefaultHost(answer.baseUrl)
      ? `Check that you copied the whole key, or create a new one at ${keysPage} and store it.`
      : "Check that this key belongs to this base URL, or ask the service's operator for a new one.",
};

const unconfirmed: Row = {
  kind: "indeterminate",
  code: "key-rejected-once",
  retry: "confirm",
  cause: (answer) =>
    `${hostOf(answer)} rejected this API key once (HTTP 401). There was no time for a second call to confirm it.`,
  nextStep: () =>
    "Try again with a longer timeout. Nothing is known about the key: services have answered 401 to good keys during outages.",
};

const unfunded: Row = {
  kind: "unfunded",
  code: "balance-insufficient",
  retry: "never",
  cause: (answer) => `${hostOf(answer)} accepts this API key, but the account has insufficient balance.`,
  nextStep: (answer) =>
    isDefaultHost(answer.baseUrl)
      ? `Top up the account at ${topUpPage}.`
      : "Ask the service's operator to top up the account.",
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
  nextStep: ({ call }) => `Check baseUrl: ${routes[call].path} does not exist at this address.`,
};

const redirected: Row = {
  kind: "misconfigured",
  code: "redirected",
  retry: "never",
  cause: said,
  nextStep: () =>
    "Set baseUrl to the final address. Redirects are not followed, so that the key is never sent to another host.",
};

const forbidden: Row = {
  kind: "indeterminate",
  code: "access-forbidden",
  retry: "never",
  cause: said,
  nextStep: () =>
    "Check whether a firewall, a proxy or a regional restriction blocks this machine. Nothing is known about the key.",
};

const limited: Row = {
  kind: "indeterminate",
  code: "rate-limited",
  retry: "backoff",
  cause: said,
  nextStep: () =>
    "Try again later. The limit applies to the whole account, and is lower if its balance is low. Nothing is known about the key.",
};

const failing: Row = {
  kind: "indeterminate",
  code: "service-failing",
  retry: "backoff",
  cause: said,
  nextStep: (answer) =>
    isDefaultHost(answer.baseUrl)
      ? `Try again later: the service is failing (see ${statusPage}). Nothing is known about the key.`
      : "Try again later: the service at this base URL is failing. Nothing is known about the key.",
};

const unexpected: Row = {
  kind: "indeterminate",
  code: "status-unexpected",
  retry: "never",
  cause: said,
  nextStep: () => "Check that baseUrl is the address of an OpenAI-compatible API. Nothing is known about the key.",
};

/**
 * HTTP status → verdict, for provider and monitor alike. Only the status decides: DeepSeek's `error.code` is the same
 * for 400, 401, 402 and 429.
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

/** A call without a usable answer: what the service did, and what to check. */
interface NoAnswer {
  readonly code: string;
  readonly retry: Retry;
  readonly text: string;
  readonly hint?: string;
}

const unusableTexts: Readonly<Record<Unusable, NoAnswer>> = {
  blank: { code: "reply-blank", retry: "backoff", text: "answered HTTP 200 with a blank body" },
  notJson: { code: "reply-not-json", retry: "backoff", text: "answered HTTP 200 with a body that is not JSON" },
  unexpected: {
    code: "reply-unexpected",
    retry: "backoff",
    text: "answered HTTP 200 with JSON in an unexpected format",
  },
  oversized: { code: "reply-too-large", retry: "never", text: "sent a reply larger than a megabyte" },
  encoded: { code: "reply-compressed", retry: "never", text: "sent a compressed reply, which was not requested" },
  noCapacity: {
    code: "capacity-exhausted",
    retry: "backoff",
    text: "ended its answer early because of insufficient capacity",
  },
};

const faultTexts: Readonly<Record<Fault, NoAnswer>> = {
  timeout: { code: "timed-out", retry: "backoff", text: "did not answer in time" },
  dns: {
    code: "dns-failed",
    retry: "backoff",
    text: "could not be found in DNS",
    hint: "Check baseUrl, HTTPS_PROXY and this machine's DNS",
  },
  refused: {
    code: "connection-refused",
    retry: "backoff",
    text: "refused the connection",
    hint: "Check baseUrl and HTTPS_PROXY, and check that a server is listening at this address",
  },
  unreachable: {
    code: "host-unreachable",
    retry: "backoff",
    text: "cannot be reached",
    hint: "Check this machine's network connection",
  },
  reset: { code: "connection-reset", retry: "backoff", text: "closed the connection before its answer was complete" },
  tls: {
    code: "tls-failed",
    retry: "never",
    text: "does not have a valid TLS certificate",
    hint: "Check baseUrl, this machine's clock and the proxy",
  },
  proxy: {
    code: "proxy-failed",
    retry: "backoff",
    text: "could not be reached through the proxy",
    hint: "Check HTTPS_PROXY and NO_PROXY",
  },
  protocol: { code: "http-malformed", retry: "never", text: "sent malformed HTTP", hint: "Check baseUrl" },
  other: { code: "call-failed", retry: "backoff", text: "could not be reached for an unknown reason" },
};

/** Turns a call's outcome into a verdict. */
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

/** Whether the client repeats a call after an outcome. */
export function retryOf(outcome: Outcome): Retry {
  switch (outcome.type) {
    case "reply":
      return "never";
    case "refusal":
      // Whether a status is retried does not depend on the call.
      return rowOfStatus(outcome.status, "models", outcome.rejections).retry;
    case "unusable":
      return unusableTexts[outcome.reason].retry;
    case "fault":
      return faultTexts[outcome.fault].retry;
  }
}

/**
 * The verdict on an account.
 *
 * @param isAvailable whether the service reports that the balance is sufficient for calls
 */
export function judgeBalance(isAvailable: boolean, context: CallContext): Verdict {
  return isAvailable ? { kind: "valid" } : unhealthy(unfunded, { ...context, status: 200 });
}

/** The verdict when no model can be chosen for the test call. */
export function noModel(context: CallContext): Verdict {
  return {
    kind: "misconfigured",
    code: "models-empty",
    cause: `${hostOf(context)} lists no models, so a default model cannot be chosen.`,
    nextStep: "Set defaultModel to a model that this service offers.",
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
  const advice = hint ?? "Try again. If it fails again, check baseUrl and the proxy";
  return {
    kind: "indeterminate",
    code,
    cause: `${hostOf(context)} ${text} (${routeOf(context)}).`,
    nextStep: `${advice}. Nothing is known about the key.`,
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

/** The first few ids, for a message: a gateway may list hundreds of models with long names. */
export function enumerate(ids: readonly string[]): string {
  const shown = printable(ids.slice(0, MAX_NAMES).join(", "));
  return ids.length > MAX_NAMES ? `${shown} and ${ids.length - MAX_NAMES} more` : shown;
}
