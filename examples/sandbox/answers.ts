import * as bodies from "./bodies.ts";
import { answerChat } from "./chat.ts";
import { json, type Reply } from "./reply.ts";

/** The three calls that the sandbox answers, under whichever path they come. */
export type Call = "models" | "balance" | "chat";

interface Question {
  readonly key: string;
  /** The request's JSON body, if it has one. */
  readonly body: unknown;
  /** 1 for the key's first request of this call, 2 for its second, and so on. */
  readonly nth: number;
  /** An address of another origin, for a redirect. */
  readonly elsewhere: string;
}

export type Answer = (question: Question) => Reply;
export type Answers = Readonly<Record<Call, Answer>>;

/** A healthy service and an account with money. */
export const well: Answers = {
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
export const always = (answer: Answer): Answers => eachOf(() => answer);

/** This answer to the first request of each call, then all is well. */
export const first = (answer: Answer): Answers =>
  eachOf((good) => (question) => (question.nth === 1 ? answer : good)(question));

/** The answers of a healthy service, each with this changed. */
export const wellBut = (change: Partial<Reply>): Answers =>
  eachOf((good) => (question) => ({ ...good(question), ...change }));
