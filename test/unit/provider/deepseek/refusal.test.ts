import { describe, expect, test } from "vitest";
import { readRefusal, reportsError } from "../../../../provider/deepseek/refusal.ts";
import * as bodies from "../../../../provider/sandbox/recorded-bodies.ts";

const wordsIn = (body: unknown) => readRefusal(400, typeof body === "string" ? body : JSON.stringify(body)).words;
const codeIn = (body: unknown) => readRefusal(400, JSON.stringify(body)).code;

describe("the words of a refusal are found", () => {
  test.each<[string, unknown, string]>([
    ["in DeepSeek's form", bodies.insufficientBalance, "Insufficient Balance"],
    ["in the form of DeepSeek's front end", bodies.notFound, "Not Found. Please check the configuration."],
    ["in error as a text", { error: "nope" }, "nope"],
    ["in message", { message: "nope" }, "nope"],
    ["in Message", { Message: "nope" }, "nope"],
    ["in msg", { code: 7, msg: "nope" }, "nope"],
    ["in detail as a text", { detail: "nope" }, "nope"],
    ["in detail as an object", { detail: { error: "nope" } }, "nope"],
    [
      "in FastAPI's list",
      {
        detail: [
          { loc: ["body", "thinking"], msg: "nope" },
          { loc: ["body", 0], msg: "never" },
        ],
      },
      "thinking: nope; 0: never",
    ],
    [
      "in FastAPI's list about a nested field",
      { detail: [{ loc: ["body", "a", null, "b"], msg: "nope" }] },
      "a.b: nope",
    ],
    ["in FastAPI's list about the whole body", { detail: [{ loc: ["body"], msg: "nope" }] }, "nope"],
    ["in title, if there is no detail", { type: "about:blank", title: "Gone", status: 410 }, "Gone"],
    ["in detail before title", { title: "Gone", detail: "nope" }, "nope"],
    ["in errors", { errors: [{ code: "x", message: "nope" }, "never"] }, "nope; never"],
    ["in errors of which one is empty", { errors: [{}, "nope"] }, "nope"],
    ["in what surrounds blank words", { message: "nope", error: { message: " \n" } }, "nope"],
    ["in an array around all of it", [{ error: { message: "nope" } }], "nope"],
    ["in the data of a failure", { success: false, data: { message: "nope" } }, "nope"],
    ["in base_resp", { base_resp: { status_code: 7, status_msg: "nope" } }, "nope"],
    ["in an inner error before what surrounds it", { message: "outer", error: { message: "nope" } }, "nope"],
    ["in what surrounds an error without words", { message: "nope", error: { code: 7 } }, "nope"],
    ["in message before the error's name", { message: "nope", error: "Unauthorized" }, "nope"],
    ["in one JSON string", JSON.stringify("nope"), "nope"],
    ["as plain text", bodies.wrongKeyPlain, "Authentication Fails (governor)"],
    ["as text that is almost JSON", '{"error":', '{"error":'],
    ["in the title of a page", "<html><title>No\nway</title><body>x</body></html>", "No\nway"],
    ["in XML", "<Error><Message>nope</Message></Error>", "nope"],
    ["in an event of a stream", 'data: {"error":{"message":"nope"}}\n\n', "nope"],
  ])("%s", (_, body, words) => {
    expect(wordsIn(body)).toBe(words);
  });

  test.each([
    "nope (request_id: 0b64ec1e-0d80-467b-81af-d875534e286e)",
    "nope (request id: 20240903132633756782166)",
    "nope Request id: 02175807918128087536ccb70d6c1a12",
    "nope, request-id=req_1234567",
    'nope [request_id: "req_1234567"]',
    "nope (requestid=req_1234567)",
    "nope (request id req_1234567)",
    "nope; REQUEST_ID : 'req_1234567'",
  ])("without the request's id, which changes each time: %s", (message) => {
    expect(wordsIn({ error: { message } })).toBe("nope");
  });

  test.each(["Send the request id to support.", "the requested model", "request id: 7"])(
    "whole if it is no id: %s",
    (message) => {
      expect(wordsIn({ error: { message } })).toBe(message);
    },
  );

  test("in a page without a title, without scripts and styles", () => {
    const page = "<p>No</p><script>bad()</script><STYLE>x</STYLE> way<script>";
    expect(wordsIn(page)?.replace(/\s+/g, " ")).toBe("No way");
  });

  test.each(["", " \n", "null", "[]", "7", '{"error":{}}', '{"error":{"message":""}}', "<html></html>"])(
    "nowhere in %j",
    (body) => {
      expect(wordsIn(body)).toBeUndefined();
    },
  );

  test("not deeper than errors are nested in practice", () => {
    const nested = (depth: number): unknown => (depth === 0 ? "nope" : { error: nested(depth - 1) });
    expect(wordsIn(nested(6))).toBe("nope");
    expect(wordsIn(nested(7))).toBeUndefined();
  });

  test("in at most five entries of a list", () => {
    expect(wordsIn({ errors: Array.from({ length: 9 }, (_, index) => `e${index}`) })).toBe("e0; e1; e2; e3; e4");
  });

  test("quickly, whatever the body contains", () => {
    const begun = performance.now();
    for (const piece of ["<title", "<", "<script", "</script ", ": \n", "<title>", "[", '{"error":']) {
      wordsIn(piece.repeat(4_000_000 / piece.length));
    }
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});

describe("the code of a refusal", () => {
  test.each<[string, unknown, string]>([
    ["is error.code", { error: { code: "a_code", type: "a_type" } }, "a_code"],
    ["is error.type if the code repeats the status", { error: { code: "401", type: "a_type" } }, "a_type"],
    ["is error.type if the code is the status", { error: { code: 429, type: "a_type" } }, "a_type"],
    ["is error.type if the code says nothing", { error: { code: "invalid_request_error", type: "a_type" } }, "a_type"],
    ["is error.type if the code is null", { error: { code: null, type: "a_type" } }, "a_type"],
    ["is error.type if the code is empty", { error: { code: "", type: "a_type" } }, "a_type"],
    ["is error.type if the code is a sentence", { error: { code: "not a code", type: "a_type" } }, "a_type"],
    ["may be a number", { code: 30001, message: "x" }, "30001"],
    ["may stand at the top", { code: "Arrearage" }, "Arrearage"],
    ["may contain dots", { error: { code: "AllocationQuota.FreeTierOnly" } }, "AllocationQuota.FreeTierOnly"],
    ["may stand in error_code", { error_code: "RESOURCE_DOES_NOT_EXIST" }, "RESOURCE_DOES_NOT_EXIST"],
    ["may stand in errorCode", { data: { errorCode: "AB03" } }, "AB03"],
    ["may stand in reason", { code: 403, reason: "NOT_ENOUGH_BALANCE" }, "NOT_ENOUGH_BALANCE"],
    ["may stand in details", [{ error: { code: 400, details: [{ reason: "API_KEY_INVALID" }] } }], "API_KEY_INVALID"],
    ["may stand in errors", { errors: [{ code: "a_code" }] }, "a_code"],
    ["may stand in detail", { detail: { type: "a_type" } }, "a_type"],
    ["may stand in base_resp", { base_resp: { status_code: 1008, status_msg: "x" } }, "1008"],
    ["is the inner one", { code: "outer", error: { code: "inner" } }, "inner"],
  ])("%s", (_, body, code) => {
    expect(codeIn(body)).toBe(code);
  });

  test.each([
    bodies.insufficientBalance,
    { error: { code: 0, type: "https://example.com/problem" } },
    { error: { code: "x".repeat(65) } },
    { error: { code: {} } },
    { error: "words" },
    { code: -1 },
    null,
    "text",
    [],
  ])("is not in %j", (body) => {
    expect(codeIn(body)).toBeUndefined();
  });

  test.each([
    "error",
    "bad_request",
    "Unauthorized",
    "not_found",
    "invalid_request_error",
    "authentication_error",
    "rate_limit_error",
    "api_error",
    "server_error",
    "one_api_error",
    "new_api_error",
    "request_failed",
  ])("is not '%s', which stands for any error", (code) => {
    expect(codeIn({ error: { code } })).toBeUndefined();
  });
});

test("a code is not looked for deeper than errors are nested in practice", () => {
  const nested = (depth: number): unknown => (depth === 0 ? { code: "a_code" } : { error: nested(depth - 1) });
  expect(codeIn(nested(5))).toBe("a_code");
  expect(codeIn(nested(6))).toBeUndefined();
  const inArrays = (depth: number): unknown => (depth === 0 ? { code: "a_code" } : [inArrays(depth - 1)]);
  expect(codeIn(inArrays(5))).toBe("a_code");
  expect(codeIn(inArrays(6))).toBeUndefined();
  const words = (depth: number): unknown => (depth === 0 ? "nope" : [words(depth - 1)]);
  expect(wordsIn(words(5))).toBe("nope");
});

test("a refusal has its status, and knows whether it came as JSON", () => {
  expect(readRefusal(403, '{"error":"no"}')).toEqual({ status: 403, words: "no", isJson: true });
  expect(readRefusal(403, "no")).toEqual({ status: 403, words: "no", isJson: false });
  expect(readRefusal(402, "")).toEqual({ status: 402, isJson: false });
});

test("an error inside a success is recognized, with words or without", () => {
  const errors = [{ error: "no" }, { error: { message: "no" } }, { error: { code: 7, message: "" } }];
  for (const document of [...errors, { success: false }, { errors: [{ code: 7 }] }, { detail: "no" }]) {
    expect(reportsError(document)).toBe(true);
  }
  for (const document of [
    {},
    { error: null },
    { error: {} },
    { error: "" },
    { errors: [] },
    { choices: [] },
    [],
    null,
  ]) {
    expect(reportsError(document)).toBe(false);
  }
});
