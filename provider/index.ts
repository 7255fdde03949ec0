export { DeepSeekConnection, type DeepSeekConnectionArgs, type OpenAIOptions } from "./connection.ts";
export type { Status } from "./decision.ts";
export type { Model } from "./deepseek/model.ts";
export type { Strictness, TestCall } from "./options.ts";
