import { readFileSync } from "node:fs";
import { z } from "zod";

const reply = z.strictObject({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

export type CaseReply = z.output<typeof reply>;

const verdict = z.enum(["valid", "unfunded", "invalid", "misconfigured", "unverified", "indeterminate"]);

/** What a service answered to each call, and what a probe must make of it. */
const replyCase = z.strictObject({
  name: z.string(),
  /** What it stands for, in a sentence. */
  about: z.string(),
  /** The service, or the software, that answers so. */
  family: z.string(),
  /** Where the replies are documented or recorded. */
  source: z.string(),
  /** The host that the replies come from, where a code of theirs means something else at others. */
  host: z.string().optional(),
  /** Whether it is the one of its kind that also runs on the engine in `npm test`. The others run there at night. */
  standsForKind: z.literal(true).optional(),
  models: reply,
  /** The answer to a request for the list without a key. Absent: 401. */
  modelsWithoutKey: reply.optional(),
  /** Absent: 404. */
  balance: reply.optional(),
  /** Some services answer in another way while the body contains the field `thinking`. */
  chat: z.union([reply, z.strictObject({ whileThinking: reply, otherwise: reply })]),
  /** Options of `check`. */
  args: z.array(z.string()).default([]),
  expect: z.strictObject({
    /** The acceptable verdicts, the best one first. */
    verdict: z.array(verdict).min(1),
    /** Patterns that the text must contain. */
    says: z.array(z.string()).default([]),
    /** Patterns that it must not contain. */
    never: z.array(z.string()).default([]),
  }),
});

export type ReplyCase = z.output<typeof replyCase>;

/** All cases. Each line of the file is one; adding a case is adding a line. */
export const replyCases: readonly ReplyCase[] = readFileSync(new URL("cases.jsonl", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => replyCase.parse(JSON.parse(line)));

/** The value of an option of `check`, such as `--model`. */
export function optionIn(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

/** The replies that can refuse something: those to the list and to the test call. */
export function refusableReplies({ models, chat }: ReplyCase): readonly CaseReply[] {
  return [models, ...("status" in chat ? [chat] : [chat.whileThinking, chat.otherwise])];
}

export type Replies = Pick<ReplyCase, "models" | "modelsWithoutKey" | "balance" | "chat">;

const json = { "content-type": "application/json" };
const unauthorized: CaseReply = { status: 401, headers: json, body: '{"error":{"message":"No API key."}}' };
const notFound: CaseReply = { status: 404, headers: json, body: '{"error":{"message":"Not found."}}' };

/** The reply to a request, whatever the path before the call's own. */
export function replyTo(
  { models, modelsWithoutKey = unauthorized, balance = notFound, chat }: Replies,
  { url, body, hasKey }: { readonly url: string; readonly body: string; readonly hasKey: boolean },
): CaseReply {
  if (url.endsWith("/models")) return hasKey ? models : modelsWithoutKey;
  if (url.endsWith("/user/balance")) return balance;
  if (!url.endsWith("/chat/completions")) return notFound;
  if (!("whileThinking" in chat)) return chat;
  return body.includes("thinking") ? chat.whileThinking : chat.otherwise;
}

/** What of a probe's text is not as the case says. */
export function problemsOf({ expect: wanted }: ReplyCase, got: { readonly verdict: string; readonly text: string }) {
  const { says, never } = wanted;
  return [
    ...(wanted.verdict.some((kind) => kind === got.verdict) ? [] : [`verdict ${got.verdict}, not ${wanted.verdict}`]),
    ...says.filter((pattern) => !new RegExp(pattern).test(got.text)).map((pattern) => `does not say /${pattern}/`),
    ...never.filter((pattern) => new RegExp(pattern).test(got.text)).map((pattern) => `says /${pattern}/`),
  ];
}
