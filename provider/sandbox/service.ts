import { answerChat } from "./chat.ts";
import { listOf, type Profile, type Refusal, type RefusalKind } from "./profile.ts";
import type { Call, Question } from "./question.ts";
import { json, type Reply, refused } from "./reply.ts";

export type Answer = (question: Question) => Reply;
export type Answers = Readonly<Record<Call, Answer>>;

/** What scenarios are made of: the answers of a service. */
export class Service {
  readonly profile: Profile;
  /** A healthy service and an account with sufficient balance. */
  readonly well: Answers;

  constructor(profile: Profile) {
    const { balance, unknownPath } = profile;
    this.profile = profile;
    this.well = {
      models: () => json(200, listOf(profile)),
      balance: (question) => (balance === undefined ? refused(unknownPath, question) : json(200, balance.sufficient)),
      chat: (question) => answerChat(profile, question),
    };
  }

  /** The answers of a healthy service, each changed in this way. */
  eachOf(change: (good: Answer) => Answer): Answers {
    const { models, balance, chat } = this.well;
    return { models: change(models), balance: change(balance), chat: change(chat) };
  }

  /** The same answer to every call. */
  always(answer: Answer): Answers {
    return this.eachOf(() => answer);
  }

  /** The answers of a healthy service, each with this change. */
  wellBut(change: Partial<Reply>): Answers {
    return this.eachOf((good) => (question) => ({ ...good(question), ...change }));
  }

  /** How the service refuses a request; absent if that is not known. */
  refusal(kind: RefusalKind): Answer | undefined {
    const { refusals } = this.profile;
    const refusal = refusals[kind];
    if (refusal === undefined) return undefined;
    const atList = kind === "wrongKey" ? refusals.wrongKeyAtList : undefined;
    return (question) => refused(isList(question) ? (atList ?? refusal) : refusal, question);
  }

  /** A healthy service, but this refusal of a chat. */
  refusedChat(refusal: Refusal): Answers {
    return { ...this.well, chat: (question) => refused(refusal, question) };
  }

  /** This answer to the first request of each call, then good answers. @param headers added to the first */
  first(answer: Answer, headers: Reply["headers"] = {}): Answers {
    return this.eachOf((good) => (question) => {
      if (question.nth > 1) return good(question);
      const reply = answer(question);
      return { ...reply, headers: { ...reply.headers, ...headers } };
    });
  }
}

function isList({ path }: Question): boolean {
  return path.endsWith("/models");
}
