import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CallRecord } from "../../../../provider/deepseek/exchange.ts";
import type { Http } from "../../../../provider/deepseek/http.ts";
import type { Outcome } from "../../../../provider/deepseek/outcome.ts";
import { probe } from "../../../../provider/deepseek/probe.ts";
import { readRefusal } from "../../../../provider/deepseek/refusal.ts";
import { refusalCodes } from "../../../../provider/deepseek/refusal-codes.ts";
import { judge, retryOf, type Verdict } from "../../../../provider/deepseek/verdict.ts";
import * as bodies from "../../../../provider/sandbox/recorded-bodies.ts";
import { type ReplyCase, refusableReplies, replyCases } from "../../../replies/reply-case.ts";
import { responseOf } from "./support/response.ts";

const kinds = ["valid", "unfunded", "invalid", "misconfigured", "unverified", "indeterminate"];

/** Digits alternate with hex digits, so that no four characters of a key are part of an English word. */
const anyKey = fc
  .array(fc.tuple(fc.constantFrom(..."0123456789"), fc.constantFrom(..."0123456789abcdef")), {
    minLength: 16,
    maxLength: 16,
  })
  .map((pairs) => `sk-${pairs.flat().join("")}`);

const base64 = (text: string) => Buffer.from(text).toString("base64");
const escaped = (text: string, mark: string) =>
  text.replace(/./g, (character) => mark + character.charCodeAt(0).toString(16));

/** The forms in which a service or a proxy may echo a key. */
const echoes = (key: string): readonly string[] => [
  key,
  key.toUpperCase(),
  key.slice(-4),
  key.slice(-8),
  `****${key.slice(-4)}`,
  base64(key),
  base64(`:${key}`),
  base64(`u:${key}`),
  Buffer.from(key).toString("base64url"),
  base64(key.slice(-8)),
  Buffer.from(key).toString("hex"),
  escaped(key, "%"),
  escaped(key, "\\u00"),
  JSON.stringify({ key }),
];

/** Whether a text contains four consecutive characters of a key, plain or in an encoding that is decoded here. */
function givesAway(text: string, key: string): boolean {
  const secret = key.slice(3);
  const decoded = text
    .split(/[^\w+/-]+/)
    .flatMap((run) => [
      ...[0, 1, 2, 3].map((start) => Buffer.from(run.slice(start), "base64").toString("latin1")),
      ...[0, 1].map((start) => Buffer.from(run.slice(start), "hex").toString("latin1")),
    ]);
  const unescaped = text.replace(/(?:%|\\u00)(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const readings = [text.toLowerCase(), unescaped, ...decoded];
  return Array.from({ length: secret.length - 3 }, (_, at) => secret.slice(at, at + 4)).some((part) =>
    readings.some((reading) => reading.includes(part)),
  );
}

function expectPrintable(verdict: Verdict, key: string): void {
  expect(kinds).toContain(verdict.kind);
  if (verdict.kind === "valid") return;
  for (const text of [verdict.cause, verdict.nextStep]) {
    expect(text.length).toBeLessThan(1_000);
    expect(text).toMatch(/^[^\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+$/u);
    expect(givesAway(text, key)).toBe(false);
  }
}

interface Reply {
  readonly status: number;
  readonly header: string | undefined;
  readonly chunks: readonly Uint8Array[];
}

const anyText = (key: string) =>
  fc
    .array(fc.oneof(fc.constantFrom(...echoes(key)), fc.string({ unit: "binary", maxLength: 400 })), { maxLength: 12 })
    .chain((pieces) => fc.constantFrom(" ", "", "\n", ", ").map((separator) => pieces.join(separator)));

const anyBody = (key: string) => {
  const text = anyText(key);
  const json = fc.oneof(
    text.map((message) => bodies.errorBody(message, "t")),
    text.map((message) => ({ error_msg: message })),
    fc.array(text.map((id) => ({ id, name: id }))).map((data) => ({ data })),
    fc.array(fc.constantFrom(...echoes(key)).map((id) => ({ id }))).map((data) => ({ data })),
    text.map((finish_reason) => ({ choices: [{ message: {}, finish_reason }] })),
    fc.constantFrom<unknown>(bodies.modelList, bodies.balance, bodies.emptyBalance),
    fc.json().map((document) => JSON.parse(document)),
  );
  return fc.oneof(
    json.map((value) => Buffer.from(JSON.stringify(value))),
    text.map((plain) => Buffer.from(plain)),
    fc.uint8Array({ maxLength: 2_000 }),
  );
};

const anyReply = (key: string): fc.Arbitrary<Reply> =>
  fc.record({
    status: fc.oneof(
      fc.constantFrom(200, 200, 400, 401, 402, 403, 404, 422, 429, 503),
      fc.integer({ min: 100, max: 999 }),
    ),
    header: fc.option(fc.oneof(anyText(key), fc.string(), fc.nat().map(String)), { nil: undefined }),
    chunks: fc.array(anyBody(key), { minLength: 1, maxLength: 2 }),
  });

const anyCase = anyKey.chain((key) =>
  fc.record({ key: fc.constant(key), models: anyReply(key), balance: anyReply(key), chat: anyReply(key) }),
);

/** A transport that only replies, since no server could send most of these replies. */
const answering =
  (replies: Readonly<Record<"models" | "balance" | "chat", Reply>>): Http =>
  async ({ url }) => {
    const call = url.endsWith("/models") ? "models" : url.endsWith("/user/balance") ? "balance" : "chat";
    const { status, header, chunks } = replies[call];
    async function* body() {
      yield* chunks;
    }
    return { status, header: () => header, body: body() };
  };

describe("whatever a service replies", () => {
  test("a probe ends with one of six verdicts, whose texts are short and printable and contain no part of the key", async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ key, ...replies }) => {
        const records: CallRecord[] = [];
        // The deadline is too short for the confirmation of a rejected key, so no verdict is `invalid`.
        const { verdict } = await probe(
          { apiKey: key, baseUrl: "https://gateway.example", testCall: "always", timeoutMs: 400, maxAttempts: 1 },
          answering(replies),
          (record) => records.push(record),
        );
        expectPrintable(verdict, key);
        expect(verdict.kind).not.toBe("invalid");
        expect(JSON.stringify(records)).not.toContain(key);
      }),
      { numRuns: 1_500 },
    );
  });

  test("a key is reported as rejected only after two 401s", () => {
    const anyOutcome = fc.oneof<fc.Arbitrary<Outcome>[]>(
      fc.record({ type: fc.constant("refusal"), status: fc.integer({ min: 100, max: 999 }), rejections: fc.nat(5) }),
      fc.record({ type: fc.constant("refusal"), status: fc.constant(401), rejections: fc.nat(5) }),
      fc.record({
        type: fc.constant("refusal"),
        status: fc.constantFrom(401, 400, 403, 429, 200),
        rejections: fc.nat(5),
        reading: fc.record({
          meaning: fc.constantFrom(...new Set(refusalCodes.map(({ meaning }) => meaning))),
          isByWords: fc.boolean(),
        }),
      }),
      fc
        .constantFrom("blank", "notJson", "unexpected", "oversized", "encoded", "noCapacity", "brokenChoice")
        .map((reason): Outcome => {
          return { type: "unusable", reason };
        }),
    );
    const anyCall = fc.constantFrom("models", "balance", "chat");
    fc.assert(
      fc.property(anyOutcome, anyCall, (outcome, call) => {
        const { kind } = judge(outcome, { call, baseUrl: "https://api.deepseek.com", model: "m" });
        const rejectedTwice =
          outcome.type === "refusal" &&
          outcome.status === 401 &&
          outcome.reading === undefined &&
          (outcome.rejections ?? 0) >= 2;
        expect(kind === "invalid").toBe(rejectedTwice);
        expect(["never", "confirm", "backoff"]).toContain(retryOf(outcome));
      }),
      { numRuns: 2_000 },
    );
  });

  test("a refusal inside a success decides the same with and without words", async () => {
    // Found by the next test.
    const kinds = await Promise.all(
      ["", "words"].map(async (message) => {
        const http: Http = async ({ url }) => {
          const isList = url.endsWith("/models");
          const text = JSON.stringify({ error: { message, ...(isList && { code: "missing_scope" }) } });
          return responseOf(isList ? 200 : 401, text);
        };
        const request = { apiKey: "sk-any", baseUrl: "https://gateway.example", defaultModel: "m" };
        const limits = { timeoutMs: 10_000, maxAttempts: 1 };
        const clock = { now: () => 0, sleep: async () => {} };
        return (await probe({ ...request, ...limits, testCall: "always" }, http, () => {}, clock)).verdict.kind;
      }),
    );
    expect(kinds).toEqual(["invalid", "invalid"]);
  });

  test("changing only its words never changes whether a reply is valid or rejects the key", async () => {
    const replyWith = fc.record({
      status: fc.constantFrom(200, 201, 400, 401, 402, 403, 404, 405, 410, 412, 422, 429, 500, 503),
      code: fc.constantFrom(undefined, ...new Set(refusalCodes.flatMap(({ codes = [] }) => codes))),
    });
    // What services really say, so that the rows of the table that look at words are met.
    const words = fc.oneof(
      fc.constantFrom(...replyCases.flatMap(wordsOf)),
      fc.constantFrom("thinking is not supported", "Insufficient Balance", "Invalid API key", ""),
      fc.string(),
    );
    const host = fc.constantFrom("https://gateway.example", "https://api.deepseek.com", "https://api.siliconflow.cn");
    await fc.assert(
      fc.asyncProperty(
        fc.record({ models: replyWith, chat: replyWith, host, isListed: fc.boolean(), isGuarded: fc.boolean() }),
        words,
        words,
        async ({ models, chat, host: baseUrl, isListed, isGuarded }, one, other) => {
          const decided = async (message: string) => {
            const http: Http = async ({ url, headers }) => {
              const isList = url.endsWith("/models");
              const reply = isList ? models : chat;
              const isControl = headers["authorization"] === undefined;
              const status = isControl ? (isGuarded ? 401 : 200) : url.endsWith("/user/balance") ? 404 : reply.status;
              const error = JSON.stringify({ error: { code: reply.code, message } });
              const text = isList && isListed ? '{"data":[{"id":"m"}]}' : error;
              return responseOf(isList && isListed && !isControl ? 200 : status, text);
            };
            const request = { apiKey: "sk-any", baseUrl, defaultModel: "m", testCall: "ifNeeded" } as const;
            const clock = { now: () => 0, sleep: async () => {} };
            const limits = { timeoutMs: 10_000, maxAttempts: 2 };
            const { verdict } = await probe({ ...request, ...limits }, http, () => {}, clock);
            return verdict.kind === "valid" || verdict.kind === "invalid" ? verdict.kind : "other";
          };
          expect(await decided(other)).toBe(await decided(one));
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

function wordsOf(one: ReplyCase): readonly string[] {
  return refusableReplies(one).flatMap(({ status, body }) => readRefusal(status, body).words ?? []);
}
