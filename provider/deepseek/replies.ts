import * as z from "zod/mini";
import { type Balance, isModelId, type Model } from "./offer.ts";
import { printable } from "./redact.ts";

/**
 * The parts of DeepSeek's replies that are used here. Everything that may be missing is optional, and a field with an
 * undocumented type counts as missing: gateways omit fields, and DeepSeek adds and changes them.
 */

/** Longest name that is read from a reply, in characters. */
const MAX_NAME = 128;

/** Most models that a list may have. The longest lists of gateways have several hundred. */
const MAX_MODELS = 5_000;

/** Most entries of any other list. */
const MAX_ENTRIES = 20;

const label = z.pipe(z.unknown(), z.transform(labelIn));
const count = z.int().check(z.positive());

/**
 * A field that counts as missing when it is not as documented. Not `z.catch`, which adds all of zod's helpers to the function's
 * bundle.
 */
function lenient<Schema extends z.ZodMiniType>(schema: Schema) {
  return z.optional(
    z.pipe(
      z.unknown(),
      z.transform((value): z.output<Schema> | undefined => schema.safeParse(value).data),
    ),
  );
}

/** A list whose length is checked before its entries are: a megabyte can hold half a million of them. */
function list<Schema extends z.ZodMiniType<unknown, unknown[]>>(max: number, entries: Schema) {
  return z.pipe(z.array(z.unknown()).check(z.maxLength(max)), entries);
}

/** A list without the entries that are not as documented. */
function usable<Entry>(schema: z.ZodMiniType<Entry>) {
  return z.transform((entries: unknown[]): readonly Entry[] =>
    entries.flatMap((entry) => {
      const parsed = schema.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    }),
  );
}

/**
 * `GET /models`: the models in the service's order, without entries that have no usable id. Some gateways send the bare
 * list. It may have thousands of models, so they are read without a schema for each, which takes a third of the time.
 */
export const modelsReply = z.pipe(
  z.transform((reply: unknown) => (Array.isArray(reply) ? { data: reply } : reply)),
  z.pipe(
    z.object({ data: z.array(z.unknown()).check(z.maxLength(MAX_MODELS)) }),
    z.transform(({ data }): readonly Model[] => data.flatMap((entry) => modelIn(entry) ?? [])),
  ),
);

function modelIn(entry: unknown): Model | undefined {
  if (typeof entry !== "object" || entry === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...entry };
  const { id } = fields;
  if (typeof id !== "string" || !isModelId(id)) return undefined;
  const name = labelIn(fields["name"]);
  const contextWindow = countIn(fields["context_window"]);
  const maxOutputTokens = countIn(fields["max_output_tokens"]);
  const inputModalities = labelsIn(fields["input_modalities"]);
  const outputModalities = labelsIn(fields["output_modalities"]);
  return {
    id,
    ...(name !== undefined && { name }),
    ...(contextWindow !== undefined && { contextWindow }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(inputModalities !== undefined && { inputModalities }),
    ...(outputModalities !== undefined && { outputModalities }),
  };
}

function labelIn(value: unknown): string | undefined {
  return typeof value === "string" ? printable(value, MAX_NAME) || undefined : undefined;
}

function labelsIn(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_ENTRIES) return undefined;
  const labels = value.map(labelIn).filter((text) => text !== undefined);
  return labels.length === value.length ? labels : undefined;
}

function countIn(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : undefined;
}

const balanceInfo = z.pipe(
  z.object({
    // Each currency adds a metric, which costs money. So only the documented ones are accepted.
    currency: z.enum(["CNY", "USD"]),
    // DeepSeek sends amounts as strings. They can be negative.
    total_balance: z.string().check(z.regex(/^-?\d{1,12}(\.\d{1,12})?$/)),
  }),
  z.transform(({ currency, total_balance }): Balance => ({ currency, amount: Number(total_balance) })),
);

/** `GET /user/balance`: whether the balance is sufficient for API calls, and what it is, in each currency. */
export const balanceReply = z.object({
  is_available: z.boolean(),
  balance_infos: z.pipe(
    lenient(list(MAX_ENTRIES, usable(balanceInfo))),
    z.transform((found) => found ?? []),
  ),
});

/** A choice is whole if it has a message. Gateways report an error of the model's host in the choice. */
const choice = z.object({
  finish_reason: lenient(z.string()),
  message: z.looseObject({}),
  error: lenient(z.looseObject({})),
});

/** `POST /chat/completions`. One whole choice, whatever its text, proves that inference works. */
export const chatReply = z.object({
  choices: list(MAX_ENTRIES, z.array(choice).check(z.minLength(1))),
  model: lenient(label),
  system_fingerprint: lenient(label),
});

export type ChatReply = z.output<typeof chatReply>;

export type BalanceReply = z.output<typeof balanceReply>;

const billedReply = z.object({ usage: lenient(z.object({ total_tokens: count })) });

/** The tokens that a reply was billed for, if it says so. */
export function billedTokens(reply: unknown): number | undefined {
  return billedReply.safeParse(reply).data?.usage?.total_tokens;
}
