import { type Call, isDefaultHost, keysPage, routes, statusPage, topUpPage } from "./endpoint.ts";
import type { Fault } from "./http.ts";
import type { Refused, Unusable } from "./outcome.ts";
import { printable } from "./redact.ts";
import type { Meaning } from "./refusal-codes.ts";
import type { Retry } from "./retry.ts";

/** The call that an outcome belongs to. */
export interface CallContext {
  readonly call: Call;
  readonly baseUrl: string;
  /** The model that a chat call used. */
  readonly model?: string;
  /** Whether the user set this model. A model that was chosen for the user is not blamed. */
  readonly isModelSet?: boolean;
  /** The ids that the service lists; absent if it has no list. */
  readonly listed?: readonly string[];
}

/** A call and the answer to it. */
export type Answer = CallContext & Pick<Refused, "status" | "words" | "isFromApi">;

/**
 * The account has insufficient balance; the key is rejected; an input is wrong; the calls that were allowed prove nothing
 * about the key or the model; or nothing is known about the key.
 */
export type Unhealthy = "unfunded" | "invalid" | "misconfigured" | "unverified" | "indeterminate";

/** A verdict with its texts, for one kind of refusal. */
export interface Row {
  readonly kind: Unhealthy;
  readonly code: string;
  readonly retry: Retry;
  readonly cause: (answer: Answer) => string;
  readonly nextStep: (answer: Answer) => string;
}

/** The most models that a message names. */
export const MAX_NAMES = 12;

const nothingKnown = "Nothing is known about the key";

const rejected: Row = {
  kind: "invalid",
  code: "key-rejected",
  retry: "confirm",
  cause: (answer) => `${hostOf(answer)} rejects this API key (HTTP 401, confirmed by a second call)${quote(answer)}`,
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
    `${hostOf(answer)} rejected this API key once (HTTP 401), and there was no time for a second call to confirm it${quote(answer)}`,
  nextStep: () =>
    `Try again with a longer timeout. ${nothingKnown}: services have answered 401 to good keys during outages.`,
};

export const unfunded: Row = {
  kind: "unfunded",
  code: "balance-insufficient",
  retry: "never",
  cause: (answer) => `${hostOf(answer)} accepts this API key, but the account has insufficient balance${quote(answer)}`,
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
  nextStep: (answer) => {
    if (answer.listed === undefined && answer.status === 404) {
      return `Check baseUrl and defaultModel '${answer.model}': this address has no ${routes.models.path} either.`;
    }
    return `${checkModel(answer)}${listedIn(answer)}`;
  },
};

const refusedAddress: Row = {
  kind: "misconfigured",
  code: "base-url-refused",
  retry: "never",
  cause: said,
  nextStep: ({ call, status, baseUrl }) => {
    if (status === 404) {
      return `Check baseUrl: this address has no ${routes[call].path}.${belowVersion(baseUrl)} If the service has no list of models, set defaultModel.`;
    }
    return "Check baseUrl and apiKey: the service refused the call itself. If it has no list of models, set defaultModel.";
  },
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
  nextStep: ({ words, isFromApi }) =>
    isFromApi && words !== undefined
      ? `Follow the service's message, or ask its operator: the service forbids this call. ${nothingKnown}.`
      : `Check whether a firewall, a proxy or a regional restriction blocks this machine. ${nothingKnown}.`,
};

const limited: Row = {
  kind: "indeterminate",
  code: "rate-limited",
  retry: "backoff",
  cause: said,
  nextStep: (answer) =>
    isDefaultHost(answer.baseUrl)
      ? `Try again later. The limit applies to the whole account, and is lower if its balance is low. ${nothingKnown}.`
      : `Try again later, or ask the service's operator for a higher limit. ${nothingKnown}.`,
};

const failing: Row = {
  kind: "indeterminate",
  code: "service-failing",
  retry: "backoff",
  cause: said,
  nextStep: (answer) =>
    isDefaultHost(answer.baseUrl)
      ? `Try again later: the service is failing (see ${statusPage}). ${nothingKnown}.`
      : `Try again later: the service at this base URL is failing. ${nothingKnown}.`,
};

const unexpected: Row = {
  kind: "indeterminate",
  code: "status-unexpected",
  retry: "never",
  cause: said,
  nextStep: ({ call, status }) =>
    call === "models" && status === 405
      ? `If the service has no list of models, set defaultModel. Otherwise check baseUrl. ${nothingKnown}.`
      : `Check that baseUrl is the address of an OpenAI-compatible API. ${nothingKnown}.`,
};

const errorInSuccess: Row = {
  kind: "indeterminate",
  code: "error-in-success",
  retry: "backoff",
  cause: said,
  nextStep: ({ baseUrl }) =>
    `Try again later: the service reports an error inside a success.${belowVersion(baseUrl)} ${nothingKnown}.`,
};

/** HTTP status → verdict, where the service's code decides nothing. */
export function rowOfStatus(status: number, call: Call, rejections = 0): Row {
  switch (status) {
    case 401:
      return rejections >= 2 ? rejected : unconfirmed;
    case 402:
      return unfunded;
    case 400:
    case 404:
    case 410:
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
      if (status >= 300 && status < 400) return redirected;
      return status >= 200 && status < 300 ? errorInSuccess : unexpected;
  }
}

/** A service's own code → verdict, for provider and monitor alike. */
export const rowOfMeaning: Readonly<Record<Meaning, Row>> = {
  funds: unfunded,
  budget: {
    kind: "unfunded",
    code: "budget-exceeded",
    retry: "never",
    cause: (answer) => `${hostOf(answer)} accepts this API key, but the budget for it is used up${quote(answer)}`,
    nextStep: () => "Raise the key's budget at the service, or wait until the service resets it.",
  },
  model: refusedModel,
  modelUnserved: {
    kind: "misconfigured",
    code: "model-unserved",
    retry: "backoff",
    cause: said,
    nextStep: (answer) =>
      `Either the service does not offer this model: ${lowerFirst(checkModel(answer))} Or everything that serves it is down: try again later.${listedIn(answer)}`,
  },
  modelDenied: {
    kind: "misconfigured",
    code: "model-denied",
    retry: "never",
    cause: said,
    nextStep: (answer) =>
      `The key works. Allow it to use '${answer.model}' at the service, or set defaultModel to a model that it may use.`,
  },
  routeDenied: {
    kind: "misconfigured",
    code: "call-denied",
    retry: "never",
    cause: said,
    nextStep: ({ call }) => `The key may not call ${routes[call].path}. Allow it at the service, or use another key.`,
  },
  keyRefused: {
    kind: "misconfigured",
    code: "key-refused",
    retry: "never",
    cause: said,
    nextStep: () => "Check apiKey: the service says that the key is wrong, expired or disabled.",
  },
  upstreamKey: {
    kind: "misconfigured",
    code: "gateway-key-refused",
    retry: "never",
    cause: said,
    nextStep: () => "Ask the gateway's operator to replace the gateway's own key: the model's host rejects it.",
  },
  keyUncheckable: {
    kind: "misconfigured",
    code: "key-uncheckable",
    retry: "never",
    cause: said,
    nextStep: () => "Check apiKey: a gateway without a database accepts only its master key.",
  },
};

/** A call without a usable answer: what the service did, and what to check. */
export interface NoAnswer {
  readonly code: string;
  readonly retry: Retry;
  readonly text: string;
  readonly hint?: string;
  /** Whether something other than the API may have answered, such as a web page at the same host. */
  readonly mayBeAnotherPath?: true;
}

export const unusableTexts: Readonly<Record<Unusable, NoAnswer>> = {
  blank: { code: "reply-blank", retry: "backoff", text: "answered with a blank body" },
  notJson: {
    code: "reply-not-json",
    retry: "backoff",
    text: "answered with a body that is not JSON",
    mayBeAnotherPath: true,
  },
  unexpected: {
    code: "reply-unexpected",
    retry: "backoff",
    text: "answered with JSON in an unexpected format",
    mayBeAnotherPath: true,
  },
  oversized: { code: "reply-too-large", retry: "never", text: "sent a reply larger than two megabytes" },
  encoded: { code: "reply-compressed", retry: "never", text: "sent a reply in an encoding that is not supported" },
  noCapacity: {
    code: "capacity-exhausted",
    retry: "backoff",
    text: "ended its answer early because of insufficient capacity",
  },
  brokenChoice: { code: "answer-broken", retry: "backoff", text: "ended its answer with an error" },
};

export const faultTexts: Readonly<Record<Fault, NoAnswer>> = {
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
    hint: "Check baseUrl, this machine's clock and the proxy. If your own certificate authority signs the traffic, set NODE_EXTRA_CA_CERTS to its file, or NODE_USE_SYSTEM_CA=1 to use the system's certificate store",
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

/** What the service answered, in its own words. */
function said(answer: Answer): string {
  return `${hostOf(answer)} answered ${routeOf(answer)} with HTTP ${answer.status}${quote(answer)}`;
}

/** The service's words, as the end of a sentence. */
function quote({ words }: Answer): string {
  return words === undefined ? "." : `: "${words}"`;
}

/** Most services have their API below `/v1`, and it is easily forgotten. */
export function belowVersion(baseUrl: string): string {
  const hasVersion = /\/v\d+\w*(\/|$)/.test(new URL(baseUrl).pathname);
  return hasVersion || isDefaultHost(baseUrl) ? "" : ` If its API is below /v1, set baseUrl to '${baseUrl}/v1'.`;
}

function checkModel({ model, isModelSet = true, call }: Answer): string {
  if (call !== "chat") return "check defaultModel.";
  if (isModelSet) return `Check defaultModel '${model}'.`;
  return `Set defaultModel to a model that this key can use: none was set, so '${model}' was tried.`;
}

function listedIn({ listed = [] }: Answer): string {
  return listed.length === 0 ? "" : ` The service lists ${enumerate(listed)}.`;
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

export function hostOf(context: CallContext): string {
  return new URL(context.baseUrl).host;
}

export function routeOf(context: CallContext): string {
  const { method, path } = routes[context.call];
  return `${method} ${path}`;
}

/** The first few ids, for a message: a gateway may list hundreds of models with long names. */
export function enumerate(ids: readonly string[]): string {
  const shown = printable(ids.slice(0, MAX_NAMES).join(", "));
  return ids.length > MAX_NAMES ? `${shown} and ${ids.length - MAX_NAMES} more` : shown;
}
