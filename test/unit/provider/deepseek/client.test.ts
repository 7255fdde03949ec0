import { describe, expect, test } from "vitest";
import { ProbeMemory } from "../../../../provider/deepseek/probe-memory.ts";
import * as bodies from "../../../../provider/sandbox/recorded-bodies.ts";
import { ask, countCalls, transports, verdictLine } from "./support/ask.ts";
import { type Answer, scripted } from "./support/script.ts";
import { tcpServer } from "./support/servers.ts";

const rejected: Answer = { status: 401, body: bodies.wrongKey("sk-0000", "7") };
const overloaded: Answer = { status: 503, body: bodies.tooBusy };
const reset: Answer = { status: 0 };

describe.concurrent.each(transports)("over %s,", (_, http) => {
  describe("a transient fault", () => {
    test("is retried up to maxAttempts times, except for the balance", async () => {
      const answers = Array(9).fill(overloaded);
      const { baseUrl, received } = await scripted({ "/models": answers, "/user/balance": answers });
      const { result, records } = await ask(http, { baseUrl, maxAttempts: 3 });
      expect(result.verdict.kind).toBe("indeterminate");
      expect(countCalls(received)).toEqual([3, 1, 0]);
      expect(records.filter(({ path }) => path === "/models")).toMatchObject([
        { attempt: 1, status: 503 },
        { attempt: 2, status: 503 },
        { attempt: 3, status: 503 },
      ]);
    });

    test.each([
      ["a reset", reset],
      ["an overload", overloaded],
      ["a blank answer", { status: 200, body: "\n\n" }],
      ["undocumented JSON", { status: 200, body: {} }],
    ])("does not matter if the next attempt succeeds: %s", async (_, fault) => {
      const { baseUrl, received } = await scripted({ "/models": [fault], "/chat/completions": [fault] });
      const { result } = await ask(http, { baseUrl, maxAttempts: 2 });
      expect(result.verdict.kind).toBe("valid");
      expect(countCalls(received)).toEqual([2, 1, 2]);
    });

    test("is retried, but a 403 is not", async () => {
      const { baseUrl, received } = await scripted({ "/models": [{ status: 403 }] });
      expect((await ask(http, { baseUrl, maxAttempts: 3 })).result.verdict.kind).toBe("indeterminate");
      expect(countCalls(received)).toEqual([1, 1, 0]);
    });
  });

  describe("Retry-After", () => {
    test("is honoured", async () => {
      const limited = { status: 429, headers: { "retry-after": "1" } };
      const { baseUrl, received } = await scripted({ "/models": [limited] });
      expect((await ask(http, { baseUrl, maxAttempts: 2 })).result.verdict.kind).toBe("valid");
      const [first, second] = received.filter(({ path }) => path === "/models");
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(950);
    });

    test("is tolerated when it is sent twice", async () => {
      const limited = { status: 429, headers: { "retry-after": ["0", "0"] } };
      const { baseUrl } = await scripted({ "/models": [limited] });
      expect((await ask(http, { baseUrl, maxAttempts: 2 })).result.verdict.kind).toBe("valid");
    });

    test.each(["3600", "9".repeat(400), "Fri, 31 Dec 9999 23:59:59 GMT"])(
      "that exceeds the budget ends the attempts: %s",
      async (after) => {
        const limited = { status: 429, headers: { "retry-after": after }, body: bodies.tooManyRequests };
        const { baseUrl, received } = await scripted({ "/models": [limited] });
        const { result } = await ask(http, { baseUrl, maxAttempts: 3 });
        expect(verdictLine(result)).toContain('with HTTP 429: "Too many requests.');
        expect(countCalls(received)).toEqual([1, 1, 0]);
      },
    );
  });

  describe("a rejected key", () => {
    test.each([1, 3])("is confirmed by exactly one second call, with maxAttempts %i", async (maxAttempts) => {
      const { baseUrl, received } = await scripted({ "/models": Array(9).fill(rejected) });
      expect((await ask(http, { baseUrl, maxAttempts })).result.verdict.kind).toBe("invalid");
      expect(countCalls(received)).toEqual([2, 1, 0]);
    });

    test("is also confirmed if only the test call rejects it", async () => {
      const { baseUrl, received } = await scripted({ "/chat/completions": [rejected, rejected] });
      expect((await ask(http, { baseUrl })).result.verdict.kind).toBe("invalid");
      expect(countCalls(received)).toEqual([1, 1, 2]);
    });

    test("is invalid even if a fault occurred between the two 401s", async () => {
      const { baseUrl, received } = await scripted({ "/models": [rejected, overloaded, rejected] });
      expect((await ask(http, { baseUrl, maxAttempts: 3 })).result.verdict.kind).toBe("invalid");
      expect(countCalls(received)).toEqual([3, 1, 0]);
    });

    test.each([
      ["a reset", reset],
      ["an overload", overloaded],
      ["a blank answer", { status: 200 }],
    ])("is indeterminate if the second reply is %s instead of a 401", async (_, fault) => {
      // A kept connection that is reset is replaced once by a new one, so that the fault comes twice.
      const { baseUrl } = await scripted({ "/models": [rejected, fault, fault] });
      const { result, records } = await ask(http, { baseUrl });
      expect(result.verdict.kind).toBe("indeterminate");
      expect(countCalls(records)).toEqual([2, 1, 0]);
    });

    test("is indeterminate if the body of each 401 is cut off", async () => {
      const broken = "HTTP/1.1 401 Unauthorized\r\ncontent-length: 100\r\n\r\n{";
      const port = await tcpServer((socket) => socket.once("data", () => socket.end(broken)));
      const { result, records } = await ask(http, { baseUrl: `http://127.0.0.1:${port}`, maxAttempts: 3 });
      expect(result.verdict.kind).toBe("indeterminate");
      expect(records).toContainEqual(expect.objectContaining({ attempt: 3, status: 401, fault: "reset" }));
    });

    test("is indeterminate when there is no time to confirm it", async () => {
      const { baseUrl } = await scripted({ "/models": [rejected] });
      const { result } = await ask(http, { baseUrl, timeoutMs: 499 });
      expect(result.verdict.kind).toBe("indeterminate");
    });

    test("is never reported because of the balance", async () => {
      const { baseUrl } = await scripted({ "/user/balance": Array(9).fill(rejected) });
      expect((await ask(http, { baseUrl })).result.verdict.kind).toBe("valid");
    });
  });

  describe("the test call", () => {
    const minimal = {
      model: "deepseek-flash",
      messages: [{ role: "user", content: "Hi" }],
      max_tokens: 1,
      stream: false,
    };
    const off = { ...minimal, thinking: { type: "disabled" } };
    const bodiesOf = (received: readonly { readonly body: unknown }[]) =>
      received.flatMap(({ body }) => (body === undefined ? [] : [body]));

    test("requests one token without thinking", async () => {
      const { baseUrl, received } = await scripted({});
      await ask(http, { baseUrl });
      expect(bodiesOf(received)).toEqual([off]);
    });

    test.each([
      { status: 400, body: bodies.unsupportedThinking("deepseek-flash") },
      { status: 422, body: { message: "Unknown field: thinking" } },
      { status: 400, body: "thinking is not supported" },
    ])("is repeated without 'thinking' if that is refused: $status", async (refusal) => {
      const { baseUrl, received } = await scripted({ "/chat/completions": [refusal] });
      expect((await ask(http, { baseUrl })).result.verdict.kind).toBe("valid");
      expect(bodiesOf(received)).toEqual([off, minimal]);
    });

    test.each([
      { status: 400, body: bodies.unreadableBody },
      { status: 422 },
      { status: 500, body: "unexpected keyword argument 'thinking'" },
    ])("is repeated without 'thinking' after a refusal without a code that decides: $status", async (refusal) => {
      const { baseUrl, received } = await scripted({ "/chat/completions": [refusal] });
      expect((await ask(http, { baseUrl })).result.verdict.kind).toBe("valid");
      expect(bodiesOf(received)).toEqual([off, minimal]);
    });

    test.each([
      { status: 400, body: { error: { code: "budget_exceeded" } } },
      { status: 403, body: bodies.unsupportedThinking("deepseek-flash") },
      { status: 503, body: bodies.unsupportedThinking("deepseek-flash") },
    ])("is not repeated if something else is refused: $status", async (refusal) => {
      const { baseUrl, received } = await scripted({ "/chat/completions": [refusal] });
      expect((await ask(http, { baseUrl })).result.verdict.kind).not.toBe("valid");
      expect(bodiesOf(received)).toEqual([off]);
    });

    test("is repeated only once, even if 'thinking' is refused again", async () => {
      const refusal = { status: 400, body: bodies.unsupportedThinking("deepseek-flash") };
      const { baseUrl, received } = await scripted({ "/chat/completions": [refusal, refusal, refusal] });
      expect((await ask(http, { baseUrl })).result.verdict.kind).toBe("misconfigured");
      expect(bodiesOf(received)).toEqual([off, minimal]);
    });

    test("is repeated once after a 500, and then retried as any fault", async () => {
      const failing = { status: 500, body: "broken" };
      const { baseUrl, received } = await scripted({ "/chat/completions": Array(9).fill(failing) });
      const { result } = await ask(http, { baseUrl, maxAttempts: 2 });
      expect(result.verdict).toMatchObject({ kind: "indeterminate", httpStatus: 500 });
      expect(bodiesOf(received)).toEqual([off, minimal, minimal]);
    });

    test("is made without 'thinking' from then on, if the refusal names it", async () => {
      const memory = new ProbeMemory();
      const refusal = { status: 400, body: bodies.unsupportedThinking("deepseek-flash") };
      const { baseUrl, received } = await scripted({ "/chat/completions": [refusal] });
      await ask(http, { baseUrl }, memory);
      await ask(http, { baseUrl }, new ProbeMemory(memory));
      expect(bodiesOf(received)).toEqual([off, minimal, minimal]);
      await ask(http, { baseUrl, defaultModel: "deepseek-v4-pro" }, memory);
      expect(bodiesOf(received).at(-1)).toEqual({ ...off, model: "deepseek-v4-pro" });
    });

    test("is made with 'thinking' again, if the refusal does not name it", async () => {
      const memory = new ProbeMemory();
      const { baseUrl, received } = await scripted({ "/chat/completions": [{ status: 400, body: "no" }] });
      for (const _ of [1, 2]) await ask(http, { baseUrl }, memory);
      expect(bodiesOf(received)).toEqual([off, minimal, off]);
    });

    test.each([
      ["error", "answer-broken"],
      ["ABORT", "answer-broken"],
      ["insufficient_system_resource", "capacity-exhausted"],
    ])("proves nothing if the answer ended with '%s'", async (finish_reason, code) => {
      const body = { choices: [{ message: { content: "{" }, finish_reason }] };
      const { baseUrl } = await scripted({ "/chat/completions": [{ status: 200, body }] });
      expect((await ask(http, { baseUrl })).result.verdict).toMatchObject({ kind: "indeterminate", code });
    });

    test("proves nothing if its choice contains an error", async () => {
      const body = { choices: [{ message: {}, error: { code: 502 }, finish_reason: "stop" }] };
      const { baseUrl } = await scripted({ "/chat/completions": [{ status: 200, body }] });
      expect((await ask(http, { baseUrl })).result.verdict).toMatchObject({ code: "answer-broken" });
    });

    test.each(["stop", "length", "content_filter", "eos", null])(
      "proves the connection with an empty answer that ended with %j",
      async (finish_reason) => {
        const body = { choices: [{ message: { content: "" }, finish_reason }] };
        const { baseUrl } = await scripted({ "/chat/completions": [{ status: 200, body }] });
        expect((await ask(http, { baseUrl })).result.verdict.kind).toBe("valid");
      },
    );

    test("quotes an error inside a success", async () => {
      const body = { error: { message: "Upstream is down.", code: 502 } };
      const { baseUrl } = await scripted({ "/chat/completions": [{ status: 200, body }] });
      expect(verdictLine((await ask(http, { baseUrl })).result)).toMatch(
        /^indeterminate: .*HTTP 200: "Upstream is down\."/,
      );
    });
  });
});
