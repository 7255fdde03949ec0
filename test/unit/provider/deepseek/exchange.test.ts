import { describe, expect, test } from "vitest";
import type { CallRecord } from "../../../../provider/deepseek/exchange.ts";
import * as bodies from "../../../../provider/sandbox/recorded-bodies.ts";
import { freshKey } from "../../../support/keys.ts";
import { findLeaks } from "../../../support/leaks.ts";
import { ask, transports, verdictLine } from "./support/ask.ts";
import { type Answer, scripted } from "./support/script.ts";

describe.each(transports)("over %s,", (_, http) => {
  test("a request contains the key, accepts only uncompressed JSON and declares its body", async () => {
    const { baseUrl, received } = await scripted({});
    const { key } = await ask(http, { baseUrl });
    for (const { path, headers } of received) {
      expect(headers).toMatchObject({
        accept: "application/json",
        "accept-encoding": "identity",
        authorization: `Bearer ${key}`,
      });
      expect(headers["content-type"]).toBe(path === "/chat/completions" ? "application/json" : undefined);
      expect(headers).not.toHaveProperty("cookie");
    }
    expect(received).toHaveLength(3);
  });

  test("the key is only in the authorization header, not in the URL or the body", async () => {
    const { baseUrl, received } = await scripted({});
    const { key } = await ask(http, { baseUrl });
    for (const { path, headers, body } of received) {
      const { authorization, ...others } = headers;
      expect(authorization).toContain(key);
      expect(findLeaks(key, [["the rest of the request", JSON.stringify([path, others, body])]])).toEqual([]);
    }
  });

  describe("the record of a call", () => {
    const recordsOf = async (answer: Answer, apiKey = freshKey()): Promise<CallRecord> => {
      const { baseUrl } = await scripted({ "/models": [answer] });
      const { records } = await ask(http, { baseUrl, apiKey });
      const record = records.find(({ path }) => path === "/models");
      if (record === undefined) throw new Error("no record");
      return record;
    };
    const attempt = { method: "GET", path: "/models", attempt: 1, milliseconds: expect.any(Number) };

    test("contains the status, the trace id and the billed tokens", async () => {
      const body = { data: [], usage: { total_tokens: 10 } };
      expect(await recordsOf({ status: 200, body, headers: { "x-ds-trace-id": "ab-12_CD" } })).toEqual({
        ...attempt,
        status: 200,
        traceId: "ab-12_CD",
        tokens: 10,
      });
    });

    test("contains the fault if no answer came", async () => {
      expect(await recordsOf({ status: 0 })).toEqual({ ...attempt, fault: "reset" });
    });

    test.each(["", "two words", "x".repeat(65), "a;b", "é"])("omits the malformed trace id '%s'", async (id) => {
      const answer = { status: 403, headers: { "x-ds-trace-id": id } };
      expect(await recordsOf(answer)).toEqual({ ...attempt, status: 403 });
    });

    test("leaves out a trace id that echoes the key", async () => {
      const key = freshKey();
      const answer = { status: 403, headers: { "x-ds-trace-id": `for-${key}` } };
      expect(await recordsOf(answer, key)).toEqual({ ...attempt, status: 403 });
    });
  });

  test.each([200, 400, 401])("an answer with HTTP %i in an unknown encoding is not read", async (status) => {
    const answer = { status, body: "?", headers: { "content-encoding": "zstd" } };
    const { baseUrl } = await scripted({ "/models": [answer, answer] });
    const { result } = await ask(http, { baseUrl });
    const kind = status === 200 ? "indeterminate" : status === 401 ? "invalid" : "misconfigured";
    expect(result.verdict.kind).toBe(kind);
    if (status === 200) expect(verdictLine(result)).toContain("sent a reply in an encoding that is not supported");
  });

  test("an answer that is not in the encoding that it declares proves nothing", async () => {
    const answer = { status: 401, body: "not gzip", headers: { "content-encoding": "gzip" } };
    const { baseUrl } = await scripted({ "/models": [answer, answer] });
    const { result, records } = await ask(http, { baseUrl });
    expect(result.verdict).toMatchObject({ kind: "indeterminate", code: "http-malformed" });
    expect(records).toContainEqual(expect.objectContaining({ path: "/models", status: 401, fault: "protocol" }));
  });

  test.each([201, 202, 299])("HTTP %i is a success", async (status) => {
    const { baseUrl } = await scripted({
      "/models": [{ status, body: bodies.modelList }],
      "/chat/completions": [{ status, body: { choices: [{ message: {} }] } }],
    });
    expect((await ask(http, { baseUrl })).result.verdict.kind).toBe("valid");
  });

  test("headers of 60 kB are read", async () => {
    const headers = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`x-${index}`, "a".repeat(6_000)]));
    const { baseUrl } = await scripted({ "/models": [{ status: 200, body: bodies.modelList, headers }] });
    expect((await ask(http, { baseUrl })).result.verdict.kind).toBe("valid");
  });

  test.each(["identity", " Identity ", ""])("an answer in the encoding '%s' is read", async (encoding) => {
    const headers = { "content-encoding": encoding };
    const { baseUrl } = await scripted({ "/models": [{ status: 200, body: { data: [{ id: "a" }] }, headers }] });
    expect((await ask(http, { baseUrl })).result.verdict.kind).toBe("valid");
  });

  test.each<[string, Answer, string]>([
    ["an error_msg", { status: 403, body: { error_msg: "no way" } }, 'HTTP 403: "no way"'],
    ["plain text", { status: 403, body: "no way" }, 'HTTP 403: "no way"'],
    ["a web page", { status: 403, body: "<html><title>No way</title>?</html>" }, 'HTTP 403: "No way"'],
    ["an empty body", { status: 403, body: "" }, "HTTP 403."],
    ["a body over the limit", { status: 403, body: "x".repeat(5 * 1024 * 1024) }, "HTTP 403."],
    [
      "JSON labelled as text",
      { status: 403, body: '{"error":"no way"}', headers: { "content-type": "text/plain" } },
      'HTTP 403: "no way"',
    ],
  ])("a refusal with %s is quoted if it has a message", async (_, answer, quoted) => {
    const { baseUrl } = await scripted({ "/models": [answer] });
    const { result } = await ask(http, { baseUrl });
    expect(verdictLine(result)).toContain(`answered GET /models with ${quoted}`);
  });
});
