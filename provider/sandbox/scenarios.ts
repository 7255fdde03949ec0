import { randomUUID } from "node:crypto";
import { answerChat, refuseModel } from "./chat.ts";
import * as bodies from "./recorded-bodies.ts";
import { json, type Reply, text } from "./reply.ts";

/** The three calls that the sandbox answers. Some have more than one path. */
export type Call = "models" | "balance" | "chat";

interface Question {
  readonly key: string;
  /** The request's JSON body, if it has one. */
  readonly body: unknown;
  /** The number of this request among the key's requests of this call: 1 for the first. */
  readonly nth: number;
  /** An address at another origin, for a redirect. */
  readonly elsewhere: string;
}

type Answer = (question: Question) => Reply;
type Answers = Readonly<Record<Call, Answer>>;

/** A healthy service and an account with sufficient balance. */
const well: Answers = {
  models: () => json(200, bodies.modelList),
  balance: () => json(200, bodies.balance),
  chat: ({ body }) => answerChat(body),
};

const eachOf = (change: (answer: Answer) => Answer): Answers => ({
  models: change(well.models),
  balance: change(well.balance),
  chat: change(well.chat),
});

/** The same answer to every call. */
const always = (answer: Answer): Answers => eachOf(() => answer);

/** This answer to the first request of each call, then good answers. */
const first = (answer: Answer): Answers =>
  eachOf((good) => (question) => (question.nth === 1 ? answer : good)(question));

/** The answers of a healthy service, each with this change. */
const wellBut = (change: Partial<Reply>): Answers => eachOf((good) => (question) => ({ ...good(question), ...change }));

export const scenarioNames = [
  "good",
  "wrong-key",
  "wrong-key-plain",
  "unfunded",
  "unfunded-chat",
  "retired-model",
  "unprocessable",
  "rate-limited",
  "rate-limited-retry-after",
  "overloaded",
  "overloaded-then-well",
  "server-error",
  "false-401",
  "forbidden",
  "not-found",
  "keep-alive-then-answer",
  "keep-alive-forever",
  "blank",
  "not-json",
  "wrong-content-type",
  "slow",
  "stalled-body",
  "reset",
  "reset-mid-body",
  "huge",
  "redirect",
  "no-capacity",
  "empty-choices",
  "no-models",
  "no-list",
  "gateway",
  "echoing",
] as const;

export type ScenarioName = (typeof scenarioNames)[number];

export interface Scenario extends Answers {
  /** One line for a person. */
  readonly description: string;
}

const wrongKey: Answer = ({ key }) => json(401, bodies.wrongKey(key, randomUUID()));
const overloaded: Answer = () => json(503, bodies.tooBusy);
const unfundedChat: Answer = () => json(402, bodies.insufficientBalance);

/** DeepSeek's answer to a request without a usable Authorization header. It has no content type, as recorded. */
export const unauthenticated: Reply = text(401, bodies.wrongKeyPlain);

/** DeepSeek's answer to an unknown path. */
export const notFound: Reply = json(404, bodies.notFound);

/** The list of a gateway that shows its models to anyone. */
export const publicList: Reply = json(200, bodies.gatewayModelList);

const portal = "<!doctype html><title>Welcome</title><p>Sign in to use this network.</p>";

/** A hostile error message: the key, plain and encoded, terminal escapes, and 100 kB of text. */
const hostile = (key: string): string =>
  `key ${key} ${Buffer.from(key).toString("base64")} \u001b[31mred\u001b[0m ${"x".repeat(100_000)}`;

const echoing =
  (status: number): Answer =>
  ({ key }) =>
    json(status, bodies.errorBody(hostile(key), "invalid_request_error"));

/** Some gateways do not support the field `thinking` and refuse a chat that has it. */
const chatWithoutThinking: Answer = ({ body }) =>
  typeof body === "object" && body !== null && "thinking" in body
    ? json(400, bodies.unsupportedThinking)
    : answerChat(body);

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  good: { description: "Everything works.", ...well },
  "wrong-key": { description: "401: DeepSeek does not know the key.", ...always(wrongKey) },
  "wrong-key-plain": { description: "401 as plain text instead of JSON.", ...always(() => unauthenticated) },
  unfunded: {
    description:
      "The key works, but its account has insufficient balance: GET /user/balance reports it, and chat answers 402.",
    ...well,
    balance: () => json(200, bodies.emptyBalance),
    chat: unfundedChat,
  },
  "unfunded-chat": {
    description: "GET /user/balance reports a sufficient balance, but chat answers 402.",
    ...well,
    chat: unfundedChat,
  },
  "retired-model": {
    description: "Chat answers 400: the model was switched off.",
    ...well,
    chat: ({ body }) => refuseModel(body),
  },
  unprocessable: {
    description: "Chat answers 422: it cannot read the request.",
    ...well,
    chat: () => json(422, bodies.unreadableBody),
  },
  "rate-limited": {
    description: "Always 429, without Retry-After.",
    ...always(() => json(429, bodies.tooManyRequests)),
  },
  "rate-limited-retry-after": {
    description: "429 with 'Retry-After: 1' to the first request of each call, then good answers.",
    ...first(() => json(429, bodies.tooManyRequests, { "retry-after": "1" })),
  },
  overloaded: { description: "Always 503.", ...always(overloaded) },
  "overloaded-then-well": {
    description: "503 to the first request of each call, then good answers.",
    ...first(overloaded),
  },
  "server-error": { description: "Always 500.", ...always(() => json(500, bodies.serverError)) },
  "false-401": {
    description: "401 to the first request of each call, then good answers, as seen in outages.",
    ...first(wrongKey),
  },
  forbidden: { description: "Always 403.", ...always(() => json(403, bodies.forbidden)) },
  "not-found": { description: "Always 404, as with a wrong base URL.", ...always(() => notFound) },
  "keep-alive-then-answer": {
    description: "Headers immediately, blank lines for a while, then the answer.",
    ...wellBut({ delivery: "after-blank-lines" }),
  },
  "keep-alive-forever": {
    description: "200 and a blank line every 50 ms, never an answer.",
    ...always(() => ({ ...json(200, ""), delivery: "blank-lines-forever" })),
  },
  blank: { description: "200 with only newlines.", ...wellBut({ status: 200, body: "\n".repeat(8) }) },
  "not-json": {
    description: "200 with the sign-in page of a captive portal.",
    ...always(() => text(200, portal, { "content-type": "text/html; charset=utf-8" })),
  },
  "wrong-content-type": {
    description: "Good answers, labelled application/octet-stream.",
    ...wellBut({ headers: { "content-type": "application/octet-stream" } }),
  },
  slow: { description: "Good answers after a minute.", ...wellBut({ delivery: "late" }) },
  "stalled-body": { description: "Half of the answer, then nothing.", ...wellBut({ delivery: "half-then-silence" }) },
  reset: { description: "The connection is reset before an answer.", ...wellBut({ delivery: "cut" }) },
  "reset-mid-body": {
    description: "The connection ends in the middle of the answer.",
    ...wellBut({ delivery: "half-then-cut" }),
  },
  huge: { description: "200 with a body of 64 MiB.", ...always(() => ({ ...json(200, ""), delivery: "flood" })) },
  redirect: {
    description: "307 to another origin. The sandbox records requests that follow the redirect.",
    ...always(({ elsewhere }) => text(307, "", { location: elsewhere })),
  },
  "no-capacity": {
    description: "Chat answers 200 with finish_reason 'insufficient_system_resource'.",
    ...well,
    chat: ({ body }) => answerChat(body, (choice) => [{ ...choice, finish_reason: "insufficient_system_resource" }]),
  },
  "empty-choices": {
    description: "Chat answers 200 with an empty list of choices.",
    ...well,
    chat: ({ body }) => answerChat(body, () => []),
  },
  "no-models": {
    description: "The list of models is empty.",
    ...well,
    models: () => json(200, { object: "list", data: [] }),
  },
  "no-list": {
    description: "A gateway without a list of models: GET /models answers 404, as does the balance. Chat works.",
    models: () => json(404, bodies.gatewayNotFound),
    balance: () => json(404, bodies.gatewayNotFound),
    chat: well.chat,
  },
  gateway: {
    description: "An OpenAI-compatible gateway: it has no balance call, and chat refuses the field 'thinking'.",
    models: () => json(200, bodies.gatewayModelList),
    balance: () => json(404, bodies.gatewayNotFound),
    chat: chatWithoutThinking,
  },
  echoing: {
    description: "Error messages that contain the key, terminal escape sequences and 100 kB of text.",
    ...always(echoing(503)),
    chat: echoing(400),
  },
};
