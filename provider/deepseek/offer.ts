/*
 * What a service offers to a key. Apart from the schemas that read it out of a reply: public declarations lead here, and zod's
 * types do not compile under the settings of Pulumi's own templates.
 */

/** An account's money in one currency. */
export interface Balance {
  /** Three capital letters: CNY or USD so far. */
  readonly currency: string;
  readonly amount: number;
}

/** What the service tells about a model. Only `id` is certain. */
export interface Model {
  /** As it is sent with a call, 1 to 128 characters. */
  readonly id: string;
  /** The name for people, such as "DeepSeek-V4.1-Flash". */
  readonly name?: string;
  /** Longest input and output together, in tokens. */
  readonly contextWindow?: number;
  /** Longest output, in tokens. */
  readonly maxOutputTokens?: number;
  /** What it takes, such as `["text", "image"]`. */
  readonly inputModalities?: readonly string[];
  /** What it gives, such as `["text"]`. */
  readonly outputModalities?: readonly string[];
}
