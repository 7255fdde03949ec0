export { DeepSeekConnection, type DeepSeekConnectionArgs } from "./connection.ts";
export { type OpenAIOptions, type Status, Strictness, TestCall } from "./core/values.ts";
export type { Model } from "./deepseek/offer.ts";
