import { describe, expect, test } from "vitest";
import {
  type CallContext,
  judge,
  judgeBalance,
  noModel,
  type Outcome,
  retryOf,
  type UnhealthyVerdict,
  type Unusable,
} from "../../../../provider/deepseek/verdict.ts";

const models: CallContext = { call: "models", baseUrl: "https://api.deepseek.com" };
const balance: CallContext = { ...models, call: "balance" };
const chat: CallContext = {
  ...models,
  call: "chat",
  model: "deepseek-chat",
  listed: ["deepseek-flash", "deepseek-v4-pro"],
};
const gateway: CallContext = { call: "models", baseUrl: "http://localhost:4000/v1" };

const refusal = (status: number, message?: string, rejections?: number): Outcome => ({
  type: "refusal",
  status,
  ...(message !== undefined && { message }),
  ...(rejections !== undefined && { rejections }),
});

test("a reply is valid and needs no retry", () => {
  expect(judge({ type: "reply", reply: {} }, models)).toEqual({ kind: "valid" });
  expect(retryOf({ type: "reply", reply: {} })).toBe("never");
});

describe("a rejected key", () => {
  const message = "Authentication Fails, Your api key: ****3750 is invalid";
  const once =
    "Try again with a longer timeout. Nothing is known about the key: services have answered 401 to good keys during outages.";

  test("is invalid after two 401s, and the message does not quote the reply", () => {
    expect(judge(refusal(401, message, 2), models)).toEqual({
      kind: "invalid",
      code: "key-rejected",
      cause: "api.deepseek.com rejects this API key (HTTP 401, confirmed by a second call).",
      nextStep:
        "Check that you copied the whole key, or create a new one at https://platform.deepseek.com/api_keys and store it.",
      call: "models",
      httpStatus: 401,
    });
  });

  test("of another service: the next step points to its operator", () => {
    expect(judge(refusal(401, message, 3), gateway)).toEqual({
      kind: "invalid",
      code: "key-rejected",
      cause: "localhost:4000 rejects this API key (HTTP 401, confirmed by a second call).",
      nextStep: "Check that this key belongs to this base URL, or ask the service's operator for a new one.",
      call: "models",
      httpStatus: 401,
    });
  });

  test.each([undefined, 1])("is indeterminate after only one 401", (rejections) => {
    expect(judge(refusal(401, message, rejections), models)).toEqual({
      kind: "indeterminate",
      code: "key-rejected-once",
      cause:
        "api.deepseek.com rejected this API key once (HTTP 401). There was no time for a second call to confirm it.",
      nextStep: once,
      call: "models",
      httpStatus: 401,
    });
  });

  test("is called again to confirm, and the client counts the 401s", () => {
    expect(retryOf(refusal(401))).toBe("confirm");
    expect(retryOf(refusal(401, message, 2))).toBe("confirm");
  });
});

describe("an account with insufficient balance", () => {
  test("is unfunded, and the next step links to the top-up page", () => {
    const verdict = judge(refusal(402, "Insufficient Balance"), chat);
    expect(verdict).toEqual({
      kind: "unfunded",
      code: "balance-insufficient",
      cause: "api.deepseek.com accepts this API key, but the account has insufficient balance.",
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
  test.each([400, 404, 422])(
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
    expect(judge(refusal(400), { call: "chat", baseUrl: chat.baseUrl, model: "deepseek-chat" })).toMatchObject({
      nextStep,
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
    [models, "GET /models", "Check baseUrl: /models does not exist at this address."],
    [balance, "GET /user/balance", "Check baseUrl: /user/balance does not exist at this address."],
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
    [201, "status-unexpected", "never", unexpected],
    [204, "status-unexpected", "never", unexpected],
    [299, "status-unexpected", "never", unexpected],
    [405, "status-unexpected", "never", unexpected],
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

  test.each<[Unusable, string, string, string]>([
    ["blank", "reply-blank", "backoff", "answered HTTP 200 with a blank body"],
    ["notJson", "reply-not-json", "backoff", "answered HTTP 200 with a body that is not JSON"],
    ["unexpected", "reply-unexpected", "backoff", "answered HTTP 200 with JSON in an unexpected format"],
    ["oversized", "reply-too-large", "never", "sent a reply larger than a megabyte"],
    ["encoded", "reply-compressed", "never", "sent a compressed reply, which was not requested"],
    ["noCapacity", "capacity-exhausted", "backoff", "ended its answer early because of insufficient capacity"],
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
      "Check baseUrl, this machine's clock and the proxy",
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
