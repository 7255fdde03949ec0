import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ScenarioName, scenarioNames } from "../../../../provider/sandbox/scenarios.ts";
import { type Sandbox, startSandbox } from "../../../../provider/sandbox/server.ts";
import { askSandbox, countCalls, transports, verdictLine } from "./support/ask.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

interface Expectation {
  /** Kind, cause and next step, with HOST instead of the sandbox's host. */
  readonly verdict: string;
  /** The number of calls of models, balance and chat. */
  readonly calls: readonly [number, number, number];
  /** Deadline of one attempt in milliseconds, for scenarios that never answer. */
  readonly timeoutMs?: number;
}

const valid = "valid";
const free: Expectation["calls"] = [1, 1, 0];
const all: Expectation["calls"] = [1, 1, 1];
/** A chat that is refused without a code that decides is repeated without the field 'thinking'. */
const repeated: Expectation["calls"] = [1, 1, 2];
const setModel = "Set defaultModel to a model that this key can use: none was set, so 'deepseek-flash' was tried.";
const nothingKnown = "Nothing is known about the key.";
const trouble = `Try again later: the service at this base URL is failing. ${nothingKnown}`;
const limit = `Try again later, or ask the service's operator for a higher limit. ${nothingKnown}`;
const late = `indeterminate: HOST did not answer in time (GET /models). Try again. If it fails again, check baseUrl and the proxy. ${nothingKnown}`;
const cut = `indeterminate: HOST closed the connection before its answer was complete (GET /models). Try again. If it fails again, check baseUrl and the proxy. ${nothingKnown}`;
const badKey =
  "invalid: HOST rejects this API key (HTTP 401, confirmed by a second call)SAID " +
  "Check that this key belongs to this base URL, or ask the service's operator for a new one.";
const noMoney =
  "unfunded: HOST accepts this API key, but the account has insufficient balanceSAID " +
  "Ask the service's operator to top up the account.";
/** A verdict that quotes the service's words, if it has any. */
const saying = (verdict: string, words?: string) => verdict.replace("SAID", words === undefined ? "." : `: "${words}"`);
const below = " If its API is below /v1, set baseUrl to 'http://HOST/v1'.";
const models = "The service lists deepseek-flash, deepseek-v4-pro.";
const unusable = (text: string) =>
  `indeterminate: HOST answered with ${text} (GET /models). Try again. If it fails again, check baseUrl and the proxy.HINT ${nothingKnown}`;
const tooMany =
  "Too many requests. Your current concurrency is 26, which exceeds your concurrency limit of 25 based on your " +
  "remaining balance. Please top up your balance to restore your concurrency.";
const busy = "Service is too busy. We advise users to temporarily switch to alternative LLM API service providers.";

const expectations: Readonly<Record<ScenarioName, Expectation>> = {
  good: { verdict: valid, calls: all },
  "wrong-key": {
    verdict: saying(badKey, "Authentication Fails, Your api key: [redacted] is invalid"),
    calls: [2, 1, 0],
  },
  "wrong-key-plain": { verdict: saying(badKey, "Authentication Fails (governor)"), calls: [2, 1, 0] },
  unfunded: { verdict: saying(noMoney), calls: free },
  "unfunded-chat": { verdict: saying(noMoney, "Insufficient Balance"), calls: all },
  "retired-model": {
    verdict:
      'misconfigured: HOST answered POST /chat/completions with HTTP 400: "The supported API model names are ' +
      `deepseek-v4-pro, but you passed deepseek-flash." ${setModel} ${models}`,
    calls: repeated,
  },
  // Its code decides, so the chat is not repeated.
  "model-denied": {
    verdict:
      "misconfigured: HOST answered POST /chat/completions with HTTP 403: \"The requested model 'deepseek-flash' is not " +
      'available for this API key, or the model name is invalid. Check the models available to you and try again." The ' +
      "key works. Allow it to use 'deepseek-flash' at the service, or set defaultModel to a model that it may use.",
    calls: all,
  },
  unprocessable: {
    verdict:
      'misconfigured: HOST answered POST /chat/completions with HTTP 422: "Failed to deserialize the JSON body into the ' +
      'target type: messages[0]: invalid type: sequence, expected a string" ' +
      `${setModel} ${models}`,
    calls: repeated,
  },
  "rate-limited": {
    verdict: `indeterminate: HOST answered GET /models with HTTP 429: "${tooMany}" ${limit}`,
    calls: free,
  },
  "rate-limited-retry-after": {
    verdict: `indeterminate: HOST answered GET /models with HTTP 429: "${tooMany}" ${limit}`,
    calls: free,
  },
  overloaded: { verdict: `indeterminate: HOST answered GET /models with HTTP 503: "${busy}" ${trouble}`, calls: free },
  "overloaded-then-well": {
    verdict: `indeterminate: HOST answered GET /models with HTTP 503: "${busy}" ${trouble}`,
    calls: free,
  },
  "server-error": {
    verdict: `indeterminate: HOST answered GET /models with HTTP 500: "Internal Server Error" ${trouble}`,
    calls: free,
  },
  // As seen in outages. The second call, a second later, shows that the key is good.
  "false-401": { verdict: valid, calls: [2, 1, 2] },
  forbidden: {
    verdict:
      'indeterminate: HOST answered GET /models with HTTP 403: "Forbidden" ' +
      `Follow the service's message, or ask its operator: the service forbids this call. ${nothingKnown}`,
    calls: free,
  },
  "not-found": {
    verdict:
      'misconfigured: HOST answered GET /models with HTTP 404: "Not Found. Please check the configuration." ' +
      `Check baseUrl: this address has no /models.${below} If the service has no list of models, set defaultModel.`,
    calls: free,
  },
  "keep-alive-then-answer": { verdict: valid, calls: all },
  "keep-alive-forever": { verdict: late, calls: free, timeoutMs: 400 },
  blank: { verdict: unusable("a blank body").replace("HINT", ""), calls: free },
  "not-json": { verdict: unusable("a body that is not JSON").replace("HINT", below), calls: free },
  "wrong-content-type": { verdict: valid, calls: all },
  slow: { verdict: late, calls: free, timeoutMs: 400 },
  "stalled-body": { verdict: late, calls: free, timeoutMs: 400 },
  reset: { verdict: cut, calls: free },
  "reset-mid-body": { verdict: cut, calls: free },
  huge: {
    verdict: `indeterminate: HOST sent a reply larger than two megabytes (GET /models). Try again. If it fails again, check baseUrl and the proxy. ${nothingKnown}`,
    calls: free,
  },
  redirect: {
    verdict:
      "misconfigured: HOST answered GET /models with HTTP 307. " +
      "Set baseUrl to the final address. Redirects are not followed, so that the key is never sent to another host.",
    calls: free,
  },
  "no-capacity": {
    verdict: `indeterminate: HOST ended its answer early because of insufficient capacity (POST /chat/completions). Try again. If it fails again, check baseUrl and the proxy. ${nothingKnown}`,
    calls: all,
  },
  "empty-choices": {
    verdict:
      "indeterminate: HOST answered with JSON in an unexpected format (POST /chat/completions). " +
      `Try again. If it fails again, check baseUrl and the proxy.${below} ${nothingKnown}`,
    calls: all,
  },
  "no-models": {
    verdict:
      "misconfigured: HOST lists no models, so a default model cannot be chosen. Set defaultModel to a model that this service offers.",
    calls: free,
  },
  // No model was named, so there is none to call.
  "no-list": {
    verdict:
      'misconfigured: HOST answered GET /models with HTTP 404: "Not Found" ' +
      `Check baseUrl: this address has no /models.${below} If the service has no list of models, set defaultModel.`,
    calls: free,
  },
  // No balance, and the chat is repeated without the field that the gateway refuses.
  gateway: { verdict: valid, calls: repeated },
  echoing: {
    verdict: `indeterminate: HOST answered GET /models with HTTP 503: "key [redacted] [redacted] [31mred [0m ${"x".repeat(261)}…" ${trouble}`,
    calls: free,
  },
};

describe.concurrent.each(transports)("over %s, in one attempt,", (_, http) => {
  test.each(scenarioNames)("the scenario '%s' gets its verdict, its calls and its records", async (name) => {
    const { verdict, calls, timeoutMs = 10_000 } = expectations[name];
    const { key, result, records, requests } = await askSandbox(sandbox, http, name, { timeoutMs });

    expect(verdictLine(result).replaceAll(new URL(sandbox.url).host, "HOST")).toBe(verdict);
    // A kept connection that is reset is replaced once by a new one, which is not another attempt.
    if (name !== "reset") expect(countCalls(requests)).toEqual(calls);
    expect(countCalls(records)).toEqual(calls);
    expect(verdictLine(result)).not.toContain(key.slice(-8));
    // Only these fields, so neither a key nor a body.
    for (const record of records) {
      expect(Object.keys(record).join()).toMatch(
        /^method,path,attempt,milliseconds(,status,traceId)?(,tokens)?(,fault)?$/,
      );
      expect(JSON.stringify(record)).not.toContain(key.slice(3));
    }
  });
});

test("no authorization header is sent to the target of a redirect", () => {
  expect(countCalls(sandbox.requests)[0]).toBeGreaterThan(0);
  expect(sandbox.requests.filter(({ path }) => path === "/elsewhere")).toEqual([]);
});
