/** What the service tells about a model. Only `id` is certain. */
export interface Model {
  readonly id: string;
  /** The name for people, such as "DeepSeek-V4.1-Flash". */
  readonly name?: string;
  /** Longest input and output together, in tokens. */
  readonly contextWindow?: number;
  /** Longest output, in tokens. */
  readonly maxOutputTokens?: number;
  /** Such as `["text", "image"]`. */
  readonly inputModalities?: readonly string[];
  readonly outputModalities?: readonly string[];
}
