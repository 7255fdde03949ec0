import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Profile, Refusal } from "./profile.ts";
import type { Question } from "./question.ts";
import { json, type Reply, refused } from "./reply.ts";

/** Tokens that the sandbox's models use for thinking before they answer. If fewer are allowed, the answer is empty. */
const thoughtTokens = 32;

const chatRequest = z.object({
  model: z.string(),
  messages: z.array(z.unknown()).min(1),
  max_tokens: z.number().int().positive().default(393_216),
  // DeepSeek's default.
  thinking: z.object({ type: z.enum(["enabled", "disabled"]) }).default({ type: "enabled" }),
});

/** Of a service whose answer to a chat that it cannot read is not known. */
const unreadable: Refusal = { status: 400, body: "", contentType: null, source: "assumed" };

export interface Choice {
  readonly index: number;
  readonly message: { readonly role: string; readonly content: string; readonly reasoning_content?: string };
  readonly logprobs: null;
  readonly finish_reason: string;
}

/** Answers as a healthy service does. @param choices replaces the one choice of the reply */
export function answerChat(
  profile: Profile,
  question: Question,
  choices = (choice: Choice): readonly Choice[] => [choice],
): Reply {
  const { refusals } = profile;
  const asked = chatRequest.safeParse(question.body);
  if (!asked.success) return refused(refusals.unreadable ?? unreadable, question);
  const { model } = asked.data;
  const refusal = refusalOf(profile, model);
  if (refusal !== undefined) return refused(refusal, question);
  if (refusals.thinking !== undefined && hasThinking(question.body)) return refused(refusals.thinking, question);

  const { choice, usage } =
    asked.data.thinking.type === "disabled" ? plainAnswer() : thoughtfulAnswer(asked.data.max_tokens);
  return json(200, {
    id: randomUUID(),
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model: profile.aliases?.[model] ?? model,
    choices: choices(choice),
    usage,
    system_fingerprint: "a26a7955944dc5c60445bff77fac9c8e",
  });
}

/** How the service refuses a model that it lists but does not serve, such as a retired one. */
export function unservedModel({ refusals }: Profile): Refusal | undefined {
  return refusals.unservedModel ?? refusals.unknownModel;
}

function refusalOf(profile: Profile, model: string): Refusal | undefined {
  if (profile.models.includes(model) || Object.hasOwn(profile.aliases ?? {}, model)) return undefined;
  return profile.catalogue?.includes(model) ? unservedModel(profile) : profile.refusals.unknownModel;
}

function hasThinking(body: unknown): boolean {
  return typeof body === "object" && body !== null && "thinking" in body;
}

/** Recorded Aug 2026 from DeepSeek, with thinking off. */
function plainAnswer() {
  return {
    choice: { index: 0, message: { role: "assistant", content: "OK" }, logprobs: null, finish_reason: "stop" },
    usage: {
      prompt_tokens: 9,
      completion_tokens: 1,
      total_tokens: 10,
      prompt_tokens_details: { cached_tokens: 0 },
      prompt_cache_hit_tokens: 0,
      prompt_cache_miss_tokens: 9,
    },
  };
}

/** Recorded Aug 2026 from DeepSeek, with thinking on and 8 tokens allowed: thinking uses them up, and the answer is empty. */
function thoughtfulAnswer(maxTokens: number) {
  const cutOff = maxTokens <= thoughtTokens;
  const completionTokens = cutOff ? maxTokens : thoughtTokens + 1;
  return {
    choice: {
      index: 0,
      message: { role: "assistant", content: cutOff ? "" : "OK", reasoning_content: "We need to" },
      logprobs: null,
      finish_reason: cutOff ? "length" : "stop",
    },
    usage: {
      prompt_tokens: 87,
      completion_tokens: completionTokens,
      total_tokens: 87 + completionTokens,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: cutOff ? maxTokens : thoughtTokens },
      prompt_cache_hit_tokens: 0,
      prompt_cache_miss_tokens: 87,
    },
  };
}
