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
export interface Subject {
  readonly call: Call;
  readonly baseUrl: string;
  /** The model that a chat call asked for. */
  readonly model?: string;
  /** The ids that the service lists, as far as they are known. */
  readonly listed?: readonly string[];
}

/** A subject and what was answered. */
type Answer = Subject & { readonly status: number; readonly message?: string };

interface Row {
  readonly kind: Unhealthy;
  readonly retry: Retry;
  readonly cause: (answer: Answer) => string;
  readonly nextStep: (answer: Answer) => string;
}

/** How many models a message names. */
export const MAX_NAMES = 12;

const rejected: Row = {
  kind: "invalid",
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
  retry: "confirm",
  cause: (answer) => `${hostOf(answer)} rejected this API key once (HTTP 401) and could not be asked again in time.`,
  nextStep: () => "Outages have answered 401 to good keys, so nothing is decided: try again, with a longer timeout.",
};

const unfunded: Row = {
  kind: "unfunded",
  retry: "never",
  cause: (answer) => `${hostOf(answer)} accepts this API key, but its account has no money left.`,
  nextStep: (answer) =>
    isDefaultHost(answer.baseUrl)
      ? `Top the account up at ${topUpPage}.`
      : "Ask whoever runs this base URL to top the account up.",
};

const wrongInput: Row = {
  kind: "misconfigured",
  retry: "never",
  cause: said,
  nextStep: (answer) => {
    if (answer.call !== "chat") return `Check baseUrl: this address has no ${routes[answer.call].path}.`;
    const listed = answer.listed ?? [];
    const names = listed.length === 0 ? "" : ` The service lists ${enumerate(listed)}.`;
    return `Check defaultModel '${answer.model}'.${names}`;
  },
};

const redirected: Row = {
  kind: "misconfigured",
  retry: "never",
  cause: said,
  nextStep: () => "Redirects are not followed, so that the key stays with this host: set baseUrl to the final address.",
};

const forbidden: Row = {
  kind: "indeterminate",
  retry: "never",
  cause: said,
  nextStep: () =>
    "Nothing is known about the key: a firewall, a proxy or a rule for this region may refuse this machine.",
};

const limited: Row = {
  kind: "indeterminate",
  retry: "backoff",
  cause: said,
  nextStep: () => "Nothing is known about the key. The limit belongs to the account and shrinks with its balance.",
};

const failing: Row = {
  kind: "indeterminate",
  retry: "backoff",
  cause: said,
  nextStep: (answer) =>
    isDefaultHost(answer.baseUrl)
      ? `Nothing is known about the key: the service has trouble (${statusPage}).`
      : "Nothing is known about the key: this base URL has trouble.",
};

const unexpected: Row = {
  kind: "indeterminate",
  retry: "never",
  cause: said,
  nextStep: () => "Nothing is known about the key: check that baseUrl is that of an OpenAI-compatible API.",
};

/**
 * HTTP status → verdict: the one table for provider and monitor. Only the status decides: DeepSeek's `error.code` is the
 * same for 400, 401, 402 and 429.
 */
function rowOfStatus(status: number, rejections = 0): Row {
  switch (status) {
    case 401:
      return rejections >= 2 ? rejected : unconfirmed;
    case 402:
      return unfunded;
    case 400:
    case 404:
    case 422:
      return wrongInput;
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

const unusableTexts: Readonly<Record<Unusable, { readonly retry: Retry; readonly text: string }>> = {
  blank: { retry: "backoff", text: "answered HTTP 200 with nothing in it" },
  notJson: { retry: "backoff", text: "answered HTTP 200 with something other than JSON" },
  unexpected: { retry: "backoff", text: "answered HTTP 200 with JSON of another form than documented" },
  oversized: { retry: "never", text: "answered with more than a megabyte" },
  encoded: { retry: "never", text: "answered in a compressed form, which was not asked for" },
  noCapacity: { retry: "backoff", text: "broke the answer off for lack of capacity" },
};

const faultTexts: Readonly<Record<Fault, { readonly retry: Retry; readonly text: string; readonly hint?: string }>> = {
  timeout: { retry: "backoff", text: "did not answer in time" },
  dns: {
    retry: "backoff",
    text: "could not be found in DNS",
    hint: "check baseUrl, HTTPS_PROXY and this machine's DNS",
  },
  refused: {
    retry: "backoff",
    text: "refused the connection",
    hint: "check baseUrl, HTTPS_PROXY and that something listens there",
  },
  unreachable: { retry: "backoff", text: "cannot be reached", hint: "check this machine's network" },
  reset: { retry: "backoff", text: "closed the connection without an answer" },
  tls: { retry: "never", text: "has no valid TLS certificate", hint: "check baseUrl, the clock and the proxy" },
  proxy: { retry: "backoff", text: "was not reached through the proxy", hint: "check HTTPS_PROXY and NO_PROXY" },
  protocol: { retry: "never", text: "does not speak proper HTTP", hint: "check baseUrl" },
  other: { retry: "backoff", text: "could not be asked" },
};

/** Judges what a call came to. */
export function judge(outcome: Outcome, subject: Subject): Verdict {
  switch (outcome.type) {
    case "reply":
      return { kind: "valid" };
    case "refusal": {
      const row = rowOfStatus(outcome.status, outcome.rejections);
      const answer = { ...subject, ...outcome };
      return { ...unhealthy(row, answer), httpStatus: outcome.status };
    }
    case "unusable":
      return unknown(subject, unusableTexts[outcome.reason].text);
    case "fault": {
      const { text, hint } = faultTexts[outcome.fault];
      return unknown(subject, text, hint);
    }
  }
}

/** Whether the client tries a call again after an outcome. */
export function retryOf(outcome: Outcome): Retry {
  switch (outcome.type) {
    case "reply":
      return "never";
    case "refusal":
      return rowOfStatus(outcome.status, outcome.rejections).retry;
    case "unusable":
      return unusableTexts[outcome.reason].retry;
    case "fault":
      return faultTexts[outcome.fault].retry;
  }
}

/** The verdict on an account by what its balance's reply says: whether it is sufficient for calls. */
export function judgeBalance(isAvailable: boolean, subject: Subject): Verdict {
  return isAvailable ? { kind: "valid" } : unhealthy(unfunded, { ...subject, status: 200 });
}

/** The verdict when no model can be chosen for the test call. */
export function noModel(subject: Subject): Verdict {
  return {
    kind: "misconfigured",
    cause: `${hostOf(subject)} lists no models, so none can be chosen.`,
    nextStep: "Set defaultModel to a model that this service has.",
    call: subject.call,
  };
}

function unhealthy(row: Row, answer: Answer): UnhealthyVerdict {
  return { kind: row.kind, cause: row.cause(answer), nextStep: row.nextStep(answer), call: answer.call };
}

function unknown(subject: Subject, text: string, hint?: string): Verdict {
  const advice = hint === undefined ? "" : `: ${hint}`;
  return {
    kind: "indeterminate",
    cause: `${hostOf(subject)} ${text} (${routeOf(subject)}).`,
    nextStep: `Nothing is known about the key${advice}.`,
    call: subject.call,
  };
}

function said(answer: Answer): string {
  const quote = answer.message === undefined ? "." : `: "${answer.message}"`;
  return `${hostOf(answer)} answered ${routeOf(answer)} with HTTP ${answer.status}${quote}`;
}

function hostOf(subject: Subject): string {
  return new URL(subject.baseUrl).host;
}

function routeOf(subject: Subject): string {
  const { method, path } = routes[subject.call];
  return `${method} ${path}`;
}

/** A gateway may list hundreds of models, with long names; a message names the first few. */
export function enumerate(ids: readonly string[]): string {
  const shown = printable(ids.slice(0, MAX_NAMES).join(", "));
  return ids.length > MAX_NAMES ? `${shown} and ${ids.length - MAX_NAMES} more` : shown;
}
