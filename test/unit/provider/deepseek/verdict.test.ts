import { describe, expect, test } from "vitest";
import type { Outcome, Unusable } from "../../../../provider/deepseek/outcome.ts";
import type { Meaning } from "../../../../provider/deepseek/refusal-codes.ts";
import type { Retry } from "../../../../provider/deepseek/retry.ts";
import {
  judge,
  judgeBalance,
  noModel,
  retryOf,
  type UnhealthyVerdict,
  type Unproven,
  unproven,
  type VerdictKind,
} from "../../../../provider/deepseek/verdict.ts";
import type { CallContext } from "../../../../provider/deepseek/verdict-rows.ts";

const models: CallContext = { call: "models", baseUrl: "https://api.deepseek.com" };
const balance: CallContext = { ...models, call: "balance" };
const chat: CallContext = {
  ...models,
  call: "chat",
  model: "deepseek-chat",
  listed: ["deepseek-flash", "deepseek-v4-pro"],
};
const gateway: CallContext = { call: "models", baseUrl: "http://localhost:4000/v1" };

const refusal = (status: number, words?: string, rejections?: number): Outcome => ({
  type: "refusal",
  status,
  ...(words !== undefined && { words }),
  ...(rejections !== undefined && { rejections }),
});

test("a reply is valid and needs no retry", () => {
  expect(judge({ type: "reply", reply: {} }, models)).toEqual({ kind: "valid" });
  expect(retryOf({ type: "reply", reply: {} })).toBe("never");
});

describe("a rejected key", () => {
  const words = "Authentication Fails, Your api key: [redacted] is invalid";
  const once =
    "Try again with a longer timeout. Nothing is known about the key: services have answered 401 to good keys during outages.";

  test("is invalid after two 401s, and the message quotes the service", () => {
    expect(judge(refusal(401, words, 2), models)).toEqual({
      kind: "invalid",
      code: "key-rejected",
      cause: `api.deepseek.com rejects this API key (HTTP 401, confirmed by a second call): "${words}"`,
      nextStep:
        "Check that you copied the whole key, or create a new one at https://platform.deepseek.com/api_keys and store it.",
      call: "models",
      httpStatus: 401,
    });
  });

  test("of another service: the next step points to its operator", () => {
    expect(judge(refusal(401, words, 3), gateway)).toEqual({
      kind: "invalid",
      code: "key-rejected",
      cause: `localhost:4000 rejects this API key (HTTP 401, confirmed by a second call): "${words}"`,
      nextStep: "Check that this key belongs to this base URL, or ask the service's operator for a new one.",
      call: "models",
      httpStatus: 401,
    });
  });

  test.each([undefined, 1])("is indeterminate after only one 401", (rejections) => {
    expect(judge(refusal(401, words, rejections), models)).toEqual({
      kind: "indeterminate",
      code: "key-rejected-once",
      cause: `api.deepseek.com rejected this API key once (HTTP 401), and there was no time for a second call to confirm it: "${words}"`,
      nextStep: once,
      call: "models",
      httpStatus: 401,
    });
  });

  test("is called again to confirm, and the client counts the 401s", () => {
    expect(retryOf(refusal(401))).toBe("confirm");
    expect(retryOf(refusal(401, words, 2))).toBe("confirm");
  });
});

describe("an account with insufficient balance", () => {
  test("is unfunded, and the next step links to the top-up page", () => {
    const verdict = judge(refusal(402, "Insufficient Balance"), chat);
    expect(verdict).toEqual({
      kind: "unfunded",
      code: "balance-insufficient",
      cause: 'api.deepseek.com accepts this API key, but the account has insufficient balance: "Insufficient Balance"',
      nextStep: "Top up the account at https://platform.deepseek.com/top_up.",
      call: "chat",
      httpStatus: 402,
    });
    expect(retryOf(refusal(402))).toBe("never");
  });

  test("is also recognized by the balance's reply, without an HTTP status", () => {
    const { httpStatus: _, ...verdict } = judge(refusal(402), balance) as UnhealthyVerdict;
    expect(judgeBalance(false, balance)).toEqual(verdict);
  });

  test("of another service: the next step points to its operator", () => {
    expect(judgeBalance(false, gateway)).toMatchObject({
      kind: "unfunded",
      nextStep: "Ask the service's operator to top up the account.",
    });
  });

  test("is not reported if the balance is available", () => {
    expect(judgeBalance(true, balance)).toEqual({ kind: "valid" });
  });
});

describe("a wrong input", () => {
  test.each([400, 404, 410, 422])(
    "is reported for HTTP %i of a chat: the model, and the names that the service lists",
    (status) => {
      expect(judge(refusal(status, "No such model"), chat)).toEqual({
        kind: "misconfigured",
        code: "model-refused",
        cause: `api.deepseek.com answered POST /chat/completions with HTTP ${status}: "No such model"`,
        nextStep: "Check defaultModel 'deepseek-chat'. The service lists deepseek-flash, deepseek-v4-pro.",
        call: "chat",
        httpStatus: status,
      });
      expect(retryOf(refusal(status))).toBe("never");
    },
  );

  test("is reported without a list of names if the service's names are not known", () => {
    const nextStep = "Check defaultModel 'deepseek-chat'.";
    expect(judge(refusal(400), { ...chat, listed: [] })).toMatchObject({ nextStep });
  });

  test("does not blame a model that the user never set", () => {
    expect(judge(refusal(404), { ...chat, isModelSet: false })).toMatchObject({
      nextStep:
        "Set defaultModel to a model that this key can use: none was set, so 'deepseek-chat' was tried. The service lists deepseek-flash, deepseek-v4-pro.",
    });
  });

  test("is the base URL or the model if the service has neither a list nor this call", () => {
    const { listed: _, ...withoutList } = chat;
    expect(judge(refusal(404), withoutList)).toMatchObject({
      nextStep: "Check baseUrl and defaultModel 'deepseek-chat': this address has no /models either.",
    });
    expect(judge(refusal(400), withoutList)).toMatchObject({ nextStep: "Check defaultModel 'deepseek-chat'." });
  });

  test.each([400, 410, 422])("is not called a wrong address if the list is refused with HTTP %i", (status) => {
    expect(judge(refusal(status, "No connected db."), gateway)).toMatchObject({
      kind: "misconfigured",
      code: "base-url-refused",
      cause: `localhost:4000 answered GET /models with HTTP ${status}: "No connected db."`,
      nextStep:
        "Check baseUrl and apiKey: the service refused the call itself. If it has no list of models, set defaultModel.",
    });
  });

  test.each([
    ["http://localhost:4000", " If its API is below /v1, set baseUrl to 'http://localhost:4000/v1'."],
    ["http://localhost:4000/api/v3", ""],
    ["http://localhost:4000/v1beta/openai", ""],
    ["https://api.deepseek.com", ""],
  ])("suggests /v1 for a path that does not exist: %s", (baseUrl, hint) => {
    expect(judge(refusal(404), { call: "models", baseUrl })).toMatchObject({
      nextStep: `Check baseUrl: this address has no /models.${hint} If the service has no list of models, set defaultModel.`,
    });
  });

  test("is reported with at most twelve models, the number of others, and a limited length", () => {
    const ids = Array.from({ length: 13 }, (_, index) => `m${index}`);
    const named = (listed: readonly string[]) => judge(refusal(400), { ...chat, listed });
    const twelve = "m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11";
    const start = "Check defaultModel 'deepseek-chat'. The service lists";
    expect(named(ids)).toMatchObject({ nextStep: `${start} ${twelve} and 1 more.` });
    expect(named(ids.slice(0, 12))).toMatchObject({ nextStep: `${start} ${twelve}.` });
    const long = "x".repeat(128);
    expect(named(Array(50).fill(long))).toMatchObject({
      nextStep: `${start} ${long}, ${long}, ${"x".repeat(39)}… and 38 more.`,
    });
  });

  test.each([
    [
      models,
      "GET /models",
      "Check baseUrl: this address has no /models. If the service has no list of models, set defaultModel.",
    ],
    [
      balance,
      "GET /user/balance",
      "Check baseUrl: this address has no /user/balance. If the service has no list of models, set defaultModel.",
    ],
  ] as const)("is the base URL if the path of %o does not exist", (subject, route, nextStep) => {
    const cause = `api.deepseek.com answered ${route} with HTTP 404.`;
    expect(judge(refusal(404), subject)).toEqual({
      kind: "misconfigured",
      code: "base-url-refused",
      cause,
      nextStep,
      call: subject.call,
      httpStatus: 404,
    });
  });

  test.each([300, 301, 302, 307, 308, 399])("is reported for a redirect, HTTP %i", (status) => {
    expect(judge(refusal(status), models)).toEqual({
      kind: "misconfigured",
      code: "redirected",
      cause: `api.deepseek.com answered GET /models with HTTP ${status}.`,
      nextStep:
        "Set baseUrl to the final address. Redirects are not followed, so that the key is never sent to another host.",
      call: "models",
      httpStatus: status,
    });
    expect(retryOf(refusal(status))).toBe("never");
  });

  test("is reported for a service without models if one has to be chosen", () => {
    expect(noModel(gateway)).toEqual({
      kind: "misconfigured",
      code: "models-empty",
      cause: "localhost:4000 lists no models, so a default model cannot be chosen.",
      nextStep: "Set defaultModel to a model that this service offers.",
      call: "models",
    });
  });
});

describe("nothing is known about the key", () => {
  const trouble =
    "Try again later: the service is failing (see https://status.deepseek.com). Nothing is known about the key.";
  const unexpected = "Check that baseUrl is the address of an OpenAI-compatible API. Nothing is known about the key.";
  test.each([
    [
      403,
      "access-forbidden",
      "never",
      "Check whether a firewall, a proxy or a regional restriction blocks this machine. Nothing is known about the key.",
    ],
    [408, "service-failing", "backoff", trouble],
    [
      429,
      "rate-limited",
      "backoff",
      "Try again later. The limit applies to the whole account, and is lower if its balance is low. Nothing is known about the key.",
    ],
    [500, "service-failing", "backoff", trouble],
    [503, "service-failing", "backoff", trouble],
    [599, "service-failing", "backoff", trouble],
    [
      405,
      "status-unexpected",
      "never",
      "If the service has no list of models, set defaultModel. Otherwise check baseUrl. Nothing is known about the key.",
    ],
    [418, "status-unexpected", "never", unexpected],
    [499, "status-unexpected", "never", unexpected],
  ] as const)("after HTTP %i, as %s; retry: %s", (status, code, retry, nextStep) => {
    expect(judge(refusal(status, "Hm."), models)).toEqual({
      kind: "indeterminate",
      code: code,
      cause: `api.deepseek.com answered GET /models with HTTP ${status}: "Hm."`,
      nextStep,
      call: "models",
      httpStatus: status,
    });
    expect(retryOf(refusal(status))).toBe(retry);
  });

  test("when another service is failing, without a link to DeepSeek's status page", () => {
    expect(judge(refusal(502), gateway)).toMatchObject({
      nextStep: "Try again later: the service at this base URL is failing. Nothing is known about the key.",
    });
  });

  test("when the service forbids the call in its own words, without blaming a firewall", () => {
    const forbidden = { ...refusal(403, "This account is locked."), isFromApi: true } as const;
    expect(judge(forbidden, models)).toMatchObject({
      kind: "indeterminate",
      code: "access-forbidden",
      nextStep:
        "Follow the service's message, or ask its operator: the service forbids this call. Nothing is known about the key.",
    });
  });

  test("when another service limits the rate, without DeepSeek's rules", () => {
    expect(judge(refusal(429), gateway)).toMatchObject({
      nextStep: "Try again later, or ask the service's operator for a higher limit. Nothing is known about the key.",
    });
  });

  test.each([200, 201, 299])("when an error comes with HTTP %i", (status) => {
    expect(judge(refusal(status, "Unexpected endpoint"), { call: "chat", baseUrl: "http://localhost:4000" })).toEqual({
      kind: "indeterminate",
      code: "error-in-success",
      cause: `localhost:4000 answered POST /chat/completions with HTTP ${status}: "Unexpected endpoint"`,
      nextStep:
        "Try again later: the service reports an error inside a success. If its API is below /v1, set baseUrl to 'http://localhost:4000/v1'. Nothing is known about the key.",
      call: "chat",
      httpStatus: status,
    });
    expect(retryOf(refusal(status))).toBe("backoff");
  });

  test("after a reply that is not the API's, with a hint that /v1 may be missing", () => {
    for (const reason of ["notJson", "unexpected"] as const) {
      expect(judge({ type: "unusable", reason }, { call: "models", baseUrl: "http://localhost:4000" })).toMatchObject({
        nextStep: expect.stringContaining("If its API is below /v1, set baseUrl to 'http://localhost:4000/v1'."),
      });
    }
  });

  test.each<[Unusable, string, string, string]>([
    ["blank", "reply-blank", "backoff", "answered with a blank body"],
    ["notJson", "reply-not-json", "backoff", "answered with a body that is not JSON"],
    ["unexpected", "reply-unexpected", "backoff", "answered with JSON in an unexpected format"],
    ["oversized", "reply-too-large", "never", "sent a reply larger than two megabytes"],
    ["encoded", "reply-compressed", "never", "sent a reply in an encoding that is not supported"],
    ["noCapacity", "capacity-exhausted", "backoff", "ended its answer early because of insufficient capacity"],
    ["brokenChoice", "answer-broken", "backoff", "ended its answer with an error"],
  ])("after an unusable reply (%s): %s; retry: %s", (reason, code, retry, text) => {
    expect(judge({ type: "unusable", reason }, chat)).toEqual({
      kind: "indeterminate",
      code: code,
      cause: `api.deepseek.com ${text} (POST /chat/completions).`,
      nextStep: "Try again. If it fails again, check baseUrl and the proxy. Nothing is known about the key.",
      call: "chat",
    });
    expect(retryOf({ type: "unusable", reason })).toBe(retry);
  });

  test.each([
    [
      "timeout",
      "timed-out",
      "backoff",
      "did not answer in time",
      "Try again. If it fails again, check baseUrl and the proxy",
    ],
    ["dns", "dns-failed", "backoff", "could not be found in DNS", "Check baseUrl, HTTPS_PROXY and this machine's DNS"],
    [
      "refused",
      "connection-refused",
      "backoff",
      "refused the connection",
      "Check baseUrl and HTTPS_PROXY, and check that a server is listening at this address",
    ],
    ["unreachable", "host-unreachable", "backoff", "cannot be reached", "Check this machine's network connection"],
    [
      "reset",
      "connection-reset",
      "backoff",
      "closed the connection before its answer was complete",
      "Try again. If it fails again, check baseUrl and the proxy",
    ],
    [
      "tls",
      "tls-failed",
      "never",
      "does not have a valid TLS certificate",
      "Check baseUrl, this machine's clock and the proxy. If your own certificate authority signs the traffic, set NODE_EXTRA_CA_CERTS to its file, or NODE_USE_SYSTEM_CA=1 to use the system's certificate store",
    ],
    ["proxy", "proxy-failed", "backoff", "could not be reached through the proxy", "Check HTTPS_PROXY and NO_PROXY"],
    ["protocol", "http-malformed", "never", "sent malformed HTTP", "Check baseUrl"],
    [
      "other",
      "call-failed",
      "backoff",
      "could not be reached for an unknown reason",
      "Try again. If it fails again, check baseUrl and the proxy",
    ],
  ] as const)("after the fault '%s', as %s; retry: %s", (fault, code, retry, text, advice) => {
    expect(judge({ type: "fault", fault }, models)).toEqual({
      kind: "indeterminate",
      code: code,
      cause: `api.deepseek.com ${text} (GET /models).`,
      nextStep: `${advice}. Nothing is known about the key.`,
      call: "models",
    });
    expect(retryOf({ type: "fault", fault })).toBe(retry);
  });
});

describe("a code that decides leads to its verdict, whatever the status:", () => {
  const meanings: Readonly<Record<Meaning, readonly [VerdictKind, code: string, Retry, nextStep: string]>> = {
    funds: ["unfunded", "balance-insufficient", "never", "Ask the service's operator to top up the account."],
    budget: [
      "unfunded",
      "budget-exceeded",
      "never",
      "Raise the key's budget at the service, or wait until the service resets it.",
    ],
    model: ["misconfigured", "model-refused", "never", "Check defaultModel 'm'."],
    modelUnserved: [
      "misconfigured",
      "model-unserved",
      "backoff",
      "Either the service does not offer this model: check defaultModel 'm'. Or everything that serves it is down: try again later.",
    ],
    modelDenied: [
      "misconfigured",
      "model-denied",
      "never",
      "The key works. Allow it to use 'm' at the service, or set defaultModel to a model that it may use.",
    ],
    routeDenied: [
      "misconfigured",
      "call-denied",
      "never",
      "The key may not call /chat/completions. Allow it at the service, or use another key.",
    ],
    keyRefused: [
      "misconfigured",
      "key-refused",
      "never",
      "Check apiKey: the service says that the key is wrong, expired or disabled.",
    ],
    upstreamKey: [
      "misconfigured",
      "gateway-key-refused",
      "never",
      "Ask the gateway's operator to replace the gateway's own key: the model's host rejects it.",
    ],
    keyUncheckable: [
      "misconfigured",
      "key-uncheckable",
      "never",
      "Check apiKey: a gateway without a database accepts only its master key.",
    ],
  };

  test.each(Object.entries(meanings))("%s", (meaning, [kind, code, retry, nextStep]) => {
    for (const status of [200, 400, 401, 403, 429, 500, 503]) {
      const reading = { meaning: meaning as Meaning, isByWords: false };
      const outcome: Outcome = { type: "refusal", status, reading, words: "Why.", rejections: 2 };
      const context: CallContext = { call: "chat", baseUrl: gateway.baseUrl, model: "m", listed: [] };
      expect(judge(outcome, context)).toMatchObject({ kind, code, nextStep, httpStatus: status });
      expect(judge(outcome, context)).toMatchObject({ cause: expect.stringContaining('"Why."') });
      expect(retryOf(outcome)).toBe(retry);
    }
  });

  test("without a model to blame where the list itself is refused", () => {
    const reading = { meaning: "modelUnserved", isByWords: false } as const;
    expect(judge({ type: "refusal", status: 503, reading }, gateway)).toMatchObject({
      nextStep: expect.stringContaining("check defaultModel."),
    });
  });
});

test.each<[Unproven, string, string]>([
  ["list", "key-unproven-without-list", "localhost:4000 has no list of models, so no free call proves this API key."],
  [
    "key",
    "key-unproven",
    "localhost:4000 did not refuse its list of models to a request without a key, so the list proves nothing about this API key.",
  ],
  ["model", "model-unproven", "localhost:4000 does not list 'm', so the list proves nothing about that model."],
])("what the allowed calls did not prove is unverified: the %s", (what, code, cause) => {
  expect(unproven(what, { ...gateway, model: "m" })).toEqual({
    kind: "unverified",
    code,
    cause,
    nextStep: "Set testCall to 'chat' to verify it with one chat completion of one token.",
    call: "models",
  });
});
