import { z } from "zod";
import type { Model } from "./model.ts";
import { printable } from "./redact.ts";

/**
 * What DeepSeek's replies hold, as far as it is used here. Everything that may be missing is optional, and a field of
 * another type than documented counts as missing: gateways leave fields out, and DeepSeek adds and changes them.
 */

/** Longest name that is taken over from a reply, in characters. */
const MAX_NAME = 128;

const label = z
  .string()
  .transform((text) => printable(text, MAX_NAME))
  .refine((text) => text !== "");
const count = z.number().int().positive();
const modalities = z.array(label).max(20);

/** A field that counts as missing when it is not as documented. */
function lenient<Schema extends z.ZodType>(schema: Schema) {
  return schema.optional().catch(undefined);
}

const listedModel = z
  .object({
    // Ids are sent back to the service and printed, so they are never altered: an unprintable one is left out.
    id: z.string().regex(/^[\x21-\x7e]{1,128}$/),
    name: lenient(label),
    context_window: lenient(count),
    max_output_tokens: lenient(count),
    input_modalities: lenient(modalities),
    output_modalities: lenient(modalities),
  })
  .transform((model): Model => {
    return {
      id: model.id,
      ...(model.name !== undefined && { name: model.name }),
      ...(model.context_window !== undefined && { contextWindow: model.context_window }),
      ...(model.max_output_tokens !== undefined && { maxOutputTokens: model.max_output_tokens }),
      ...(model.input_modalities !== undefined && { inputModalities: model.input_modalities }),
      ...(model.output_modalities !== undefined && { outputModalities: model.output_modalities }),
    };
  });

/** `GET /models`: the models in the service's order, without entries that have no usable id. */
export const modelsReply = z.object({ data: z.array(z.unknown()) }).transform(({ data }): readonly Model[] => {
  return data.flatMap((entry) => {
    const model = listedModel.safeParse(entry);
    return model.success ? [model.data] : [];
  });
});

/** `GET /user/balance`: whether the balance is sufficient for API calls. */
export const balanceReply = z.object({ is_available: z.boolean() });

/** `POST /chat/completions`. `choices` proves that inference works, whatever its text. */
export const chatReply = z.object({
  choices: z.array(z.object({ finish_reason: lenient(z.string()) })).nonempty(),
  model: lenient(label),
  system_fingerprint: lenient(label),
});

export type ChatReply = z.output<typeof chatReply>;

const billedReply = z.object({ usage: lenient(z.object({ total_tokens: count })) });

/** The tokens that a reply was billed for, where it says so. */
export function billedTokens(reply: unknown): number | undefined {
  return billedReply.safeParse(reply).data?.usage?.total_tokens;
}

const errorReply = z.union([
  z.object({ error: z.object({ message: z.string() }) }).transform((reply) => reply.error.message),
  z.object({ error: z.string() }).transform((reply) => reply.error),
  z.object({ error_msg: z.string() }).transform((reply) => reply.error_msg),
  z.object({ message: z.string() }).transform((reply) => reply.message),
]);

/**
 * The message in the body of a refusal: DeepSeek's own form, its front end's `error_msg`, a gateway's, or plain text.
 * Markup is no message. The text is the service's: redact it before it is shown.
 */
export function errorMessage(body: string): string | undefined {
  const json = parseJson(body);
  if (json === undefined) return /^\s*(<|$)/.test(body) ? undefined : body;
  const message = errorReply.safeParse(json);
  return message.success ? message.data : undefined;
}

/** JSON by content, not by content type (errors come as octet-stream too); `undefined` when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
