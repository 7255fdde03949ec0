import { describe, expect, test } from "vitest";
import { headerIssues } from "../../../../provider/deepseek/headers.ts";
import { requestFingerprint } from "../../../../provider/deepseek/probe.ts";
import * as bodies from "../../../../provider/sandbox/recorded-bodies.ts";
import { freshKey } from "../../../support/keys.ts";
import { findLeaks } from "../../../support/leaks.ts";
import { ask, transports, verdictLine } from "./support/ask.ts";
import { scripted } from "./support/script.ts";

/** A value that could be a secret, with characters that encodings change. */
const value = 'team 7: pa"ss/+w%41rd\\\\0f1e2d3c';

describe("extra headers", () => {
  test.each([
    ["a gateway's", { "x-portkey-provider": "deepseek", "x-portkey-api-key": value }],
    ["those that replace ours", { Accept: "*/*", "User-Agent": "ci" }],
    ["every character of a name", { "!#$%&'*+-.^_`|~09azAZ": "x" }],
    ["a value of 8,192 characters", { x: "v".repeat(8_192) }],
    ["a value with a tab", { x: "a\tb" }],
    ["32 of them", Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`x-${index}`, "v"]))],
    ["none", {}],
  ])("are accepted: %s", (_, headers) => {
    expect(headerIssues(headers)).toEqual([]);
  });

  test.each([
    ...["Authorization", "authorization"].map((name) => [name, "header-authorization"] as const),
    ...["Host", "Content-Type", "content-length", "Content-Encoding", "Accept-Encoding", "Cookie", "Expect"].map(
      (name) => [name, "header-reserved"] as const,
    ),
    ...["Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade"].map(
      (name) => [name, "header-reserved"] as const,
    ),
    ...["Proxy-Authorization", "Proxy-Connection", "proxy-x"].map((name) => [name, "header-reserved"] as const),
    ...["", "a b", "a:", "é", "a\n", "(a)", "x".repeat(257)].map((name) => [name, "header-name-invalid"] as const),
  ])("are refused by the name '%s'", (name, code) => {
    expect(headerIssues({ [name]: "v" })).toEqual([{ code, name }]);
  });

  test.each([
    ["", "header-value-empty"],
    ["a\r\nHost: evil.example", "header-value-characters"],
    ["a\nb", "header-value-characters"],
    ["a\u0000", "header-value-characters"],
    ["a\u007f", "header-value-characters"],
    ["é", "header-value-characters"],
    ["v".repeat(8_193), "header-value-too-long"],
  ])("are refused by a value that cannot be sent: %j", (bad, code) => {
    expect(headerIssues({ x: bad })).toEqual([{ code, name: "x" }]);
  });

  test("are refused if two names differ only in case, and if there are more than 32", () => {
    expect(headerIssues({ "X-Team": "a", "x-team": "b" })).toEqual([{ code: "header-duplicate", name: "x-team" }]);
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`x-${index}`, "v"]));
    expect(headerIssues(many)).toEqual([{ code: "headers-too-many" }]);
  });
});

describe.each(transports)("over %s, a call", (_, http) => {
  test("has the extra headers, of which only Accept and User-Agent replace ours", async () => {
    const { baseUrl, received } = await scripted({});
    const { key, result } = await ask(http, {
      baseUrl,
      headers: { "X-Team": value, ACCEPT: "application/x", "User-Agent": "ci" },
    });
    expect(verdictLine(result)).toBe("valid");
    expect(received).toHaveLength(3);
    for (const { headers } of received) {
      expect(headers).toMatchObject({
        "x-team": value,
        accept: "application/x",
        "user-agent": "ci",
        "accept-encoding": "identity",
        authorization: `Bearer ${key}`,
      });
    }
  });

  test("whose reply echoes a header's value leads to nothing that contains it", async () => {
    const echo = { error: { message: `Unknown team ${value}, or ${Buffer.from(value).toString("base64")}` } };
    const refusing = await scripted({
      "/models": [{ status: 404, body: echo, headers: { "x-ds-trace-id": "trace-0f1e2d3c4b5a" } }],
    });
    const headers = { "x-team": value, "x-trace": "trace-0f1e2d3c4b5a" };
    const refused = await ask(http, { baseUrl: refusing.baseUrl, headers });
    expect(verdictLine(refused.result)).toContain("Unknown team [redacted]");
    const token = "gw-0f1e2d3c4b5a6978";
    const data = [{ id: token }, { id: "deepseek-flash", name: `for ${token}` }, { id: "deepseek-v4-pro" }];
    const listing = await scripted({
      "/models": [{ status: 200, body: { data } }],
      "/chat/completions": [
        { status: 200, body: { choices: [{ message: {} }], model: token, system_fingerprint: `fp ${token}` } },
      ],
    });
    const listed = await ask(http, { baseUrl: listing.baseUrl, headers: { "x-token": token } });
    expect(listed.result).toMatchObject({
      verdict: { kind: "valid" },
      findings: { models: [{ id: "deepseek-v4-pro" }] },
    });
    const seen = JSON.stringify([refused.result, refused.records, listed.result, listed.records]);
    for (const secret of [value, token, headers["x-trace"]]) expect(findLeaks(secret, [["result", seen]])).toEqual([]);
  });

  test("with headers whose values are ordinary words keeps all models and texts", async () => {
    const refusal = { error: { message: "deepseek and https://gateway.example/v1/path are busy" } };
    const { baseUrl } = await scripted({ "/chat/completions": [{ status: 404, body: refusal }] });
    const headers = {
      "x-portkey-provider": "deepseek",
      "x-target": "https://gateway.example/v1/path",
      "x-model": "deepseek-v-four-pro",
    };
    const { result } = await ask(http, { baseUrl, headers });
    expect(result.findings?.models).toHaveLength(bodies.modelList.data.length);
    expect(verdictLine(result)).toContain(refusal.error.message);
  });
});

test("a request's fingerprint depends on its headers, but not on their order, and does not reveal them", () => {
  const request = {
    apiKey: freshKey(),
    baseUrl: "https://gateway.example",
    testCall: "never",
    timeoutMs: 1,
    maxAttempts: 1,
  } as const;
  const of = (headers: Readonly<Record<string, string>>) => requestFingerprint({ ...request, headers });
  expect(of({ a: "1", b: "2" })).toBe(of({ b: "2", a: "1" }));
  expect(of({ a: "1" })).not.toBe(of({ a: "2" }));
  expect(of({ a: "1" })).not.toBe(of({ b: "1" }));
  expect(of({})).toBe(requestFingerprint(request));
  expect(of({ a: "1" })).toMatch(/^[0-9a-f]{64}$/);
});
