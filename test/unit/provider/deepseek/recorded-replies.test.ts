import { describe, expect, test } from "vitest";
import { DEFAULT_BASE_URL } from "../../../../provider/deepseek/endpoint.ts";
import type { Http } from "../../../../provider/deepseek/http.ts";
import { probe } from "../../../../provider/deepseek/probe.ts";
import { readRefusal } from "../../../../provider/deepseek/refusal.ts";
import { meaningOf, refusalCodes } from "../../../../provider/deepseek/refusal-codes.ts";
import {
  optionIn,
  problemsOf,
  type ReplyCase,
  refusableReplies,
  replyCases,
  replyTo,
} from "../../../replies/reply-case.ts";
import { replayKeys } from "../../../support/keys.ts";
import { responseOf } from "./support/response.ts";

/** A transport that answers as a case says. */
const replaying =
  (one: ReplyCase): Http =>
  async ({ url, headers: sent, body: asked = "" }) => {
    const hasKey = sent["authorization"] !== undefined;
    const { status, headers, body } = replyTo(one, { url, body: asked, hasKey });
    return responseOf(status, body, headers);
  };

describe("a reply that a service gave gets the right verdict:", () => {
  test.each(replyCases.map((one) => [`${one.family}: ${one.name}`, one] as const))("%s", async (_, one) => {
    const model = optionIn(one.args, "--model");
    const request = {
      apiKey: replayKeys[0],
      baseUrl: one.host === undefined ? "https://gateway.example" : `https://${one.host}/v1`,
      ...(model !== undefined && { defaultModel: model }),
      testCall: optionIn(one.args, "--test-call") === "models" ? "never" : "always",
      timeoutMs: 10_000,
      maxAttempts: 1,
    } as const;
    const { verdict } = await probe(request, replaying(one), () => {}, { now: () => 0, sleep: async () => {} });
    const text =
      verdict.kind === "valid" ? "" : `${verdict.cause} ${verdict.nextStep}`.replaceAll("defaultModel", "--model");
    expect(problemsOf(one, { verdict: verdict.kind, text }), text).toEqual([]);
  });
});

describe("the table of codes", () => {
  const rows = refusalCodes.map((row) => [row.codes?.join(", ") ?? String(row.words), row] as const);

  test.each(rows)("names a public source, and is met by a recorded reply: %s", (_, row) => {
    expect(row.source).toMatch(/^https:\/\/[\w.-]+\/\S+$/);
    const isMet = replyCases.some((one) => {
      const { host = "gateway.example" } = one;
      return refusableReplies(one).some(({ status, body }) => {
        const { code, words = "" } = readRefusal(status, body);
        const isHost = row.hosts?.some((suffix) => host === suffix || host.endsWith(`.${suffix}`)) ?? true;
        const isCode = row.codes === undefined || (code !== undefined && row.codes.includes(code));
        return isHost && isCode && (row.statuses?.includes(status) ?? true) && (row.words?.test(words) ?? true);
      });
    });
    expect(isMet).toBe(true);
  });

  test("never lets a message decide whether a key is rejected", () => {
    for (const { words, statuses } of refusalCodes) {
      if (words !== undefined) expect(statuses?.includes(401), String(words)).toBe(false);
    }
  });

  test.each([
    ["a code at any host", { status: 403, code: "insufficient_user_quota" }, "gateway.example", "funds"],
    ["a code at its host", { status: 429, code: "insufficient_quota" }, "api.openai.com", "funds"],
    ["a code at a host's own name", { status: 429, code: "insufficient_quota" }, "openai.com", "funds"],
    ["no code of another host", { status: 429, code: "insufficient_quota" }, "dashscope.aliyuncs.com", undefined],
    ["no code of a host with a longer name", { status: 429, code: "insufficient_quota" }, "notopenai.com", undefined],
    ["a code at its status", { status: 503, code: "model_not_found" }, "gateway.example", "modelUnserved"],
    ["the next row at another status", { status: 404, code: "model_not_found" }, "gateway.example", "model"],
    ["no code in another case", { status: 403, code: "Insufficient_User_Quota" }, "gateway.example", undefined],
    ["no unknown code", { status: 402, code: "whatever" }, "gateway.example", undefined],
    ["no refusal without a code", { status: 400 }, "gateway.example", undefined],
    ["no number without its words", { status: 403, code: "30001", words: "Too fast" }, "gateway.example", undefined],
    [
      "no words at another status",
      { status: 404, words: "Key limit exceeded (total limit)" },
      "openrouter.ai",
      undefined,
    ],
  ] as const)("reads %s", (_, refusal, host, meaning) => {
    expect(meaningOf({ isJson: true, ...refusal }, `https://${host}/v1`)?.meaning).toBe(meaning);
  });

  test("knows whether words took part", () => {
    const read = (code: string | undefined, words: string, status: number) =>
      meaningOf({ status, words, isJson: true, ...(code !== undefined && { code }) }, "https://gateway.example");
    expect(read("budget_exceeded", "", 400)).toEqual({ meaning: "budget", isByWords: false });
    expect(read("30001", "balance is insufficient", 403)).toEqual({ meaning: "funds", isByWords: true });
    expect(read(undefined, "Key limit exceeded (daily limit)", 403)).toEqual({ meaning: "budget", isByWords: true });
  });

  test("looks at the beginning of a message only", () => {
    const words = (start: string) => ({ status: 403, words: `${start}it doesn't have any credits`, isJson: true });
    expect(meaningOf(words("x".repeat(3_000)), DEFAULT_BASE_URL)?.meaning).toBe("funds");
    expect(meaningOf(words("x".repeat(4_000)), DEFAULT_BASE_URL)).toBeUndefined();
  });
});
