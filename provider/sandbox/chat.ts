import { randomUUID } from "node:crypto";
import { z } from "zod";
import { modelList, unreadableBody, unsupportedModel } from "./recorded-bodies.ts";
import { json, type Reply } from "./reply.ts";

/**
 * The listed models, and the unlisted aliases that DeepSeek accepted in Oct 2026, each with the model that serves it.
 */
const servedBy = new Map([
  ...modelList.data.map(({ id }) => [id, id] as const),
  ["deepseek-v4-flash", "deepseek-flash"],
  ["deepseek-v4-flash-vision-exp", "deepseek-flash"],
]);

/** Tokens that the sandbox's models use for thinking before they answer. If fewer are allowed, the answer is empty. */
const thoughtTokens = 32;

const chatRequest = z.object({
  model: z.string(),
  messages: z.array(z.unknown()).min(1),
  max_tokens: z.number().int().positive().default(393_216),
  // DeepSeek's default.
  thinking: z.object({ type: z.enum(["enabled", "disabled"]) }).default({ type: "enabled" }),
});

export interface Choice {
  readonly index: number;
  readonly message: { readonly role: string; readonly content: string; readonly reasoning_content?: string };
  readonly logprobs: null;
  readonly finish_reason: string;
}

/** Answers as a healthy service does. @param choices replaces the one choice of the reply */
export function answerChat(body: unknown, choices = (choice: Choice): readonly Choice[] => [choice]): Reply {
  const asked = chatRequest.safeParse(body);
  if (!asked.success) return json(400, unreadableBody);
  const model = servedBy.get(asked.data.model);
  if (model === undefined) return refuseModel(body);

  const { choice, usage } =
    asked.data.thinking.type === "disabled" ? plainAnswer() : thoughtfulAnswer(asked.data.max_tokens);
  return json(200, {
    id: randomUUID(),
    object: "chat.completion",
    created: Math.floor(Date.now() / 1000),
    model,
    choices: choices(choice),
    usage,
    system_fingerprint: "a26a7955944dc5c60445bff77fac9c8e",
  });
}

/** Refuses a model that is unknown or switched off. The message lists the other models. */
export function refuseModel(body: unknown): Reply {
  const asked = z.object({ model: z.string() }).safeParse(body);
  if (!asked.success) return json(400, unreadableBody);
  const others = modelList.data.map(({ id }) => id).filter((id) => id !== asked.data.model);
  return json(400, unsupportedModel(others, asked.data.model));
}

/** Recorded Aug 2026, with thinking off. */
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

/** Recorded Aug 2026, with thinking on and 8 tokens allowed: thinking uses them up, and the answer is empty. */
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
