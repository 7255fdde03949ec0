import { printable } from "./redact.ts";

/*
 * What a service offers to a key. These types are separate from the schemas that read replies: public declarations import
 * them, and zod's declarations do not compile with the settings of Pulumi's own templates.
 */

/** An account's balance in one currency. */
export interface Balance {
  /** Three capital letters: CNY or USD so far. */
  readonly currency: string;
  readonly amount: number;
}

/** A model as the service describes it. Only `id` is always present. */
export interface Model {
  /** The id to use in calls, 1 to 200 printable characters. */
  readonly id: string;
  /** The display name, such as "DeepSeek-V4.1-Flash". */
  readonly name?: string;
  /** Maximum number of tokens of input and output together. */
  readonly contextWindow?: number;
  /** Maximum number of output tokens. */
  readonly maxOutputTokens?: number;
  /** The kinds of input, such as `["text", "image"]`. */
  readonly inputModalities?: readonly string[];
  /** The kinds of output, such as `["text"]`. */
  readonly outputModalities?: readonly string[];
}

/** Longest id of a model, in characters. */
const MAX_ID = 200;

/**
 * Whether a text can be the id of a model. Ids are sent back to the service and printed unchanged, so they must be
 * printable as they are: on one line, without control characters.
 */
export function isModelId(text: string): boolean {
  return text !== "" && printable(text, MAX_ID) === text;
}
