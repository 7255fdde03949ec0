export { DeepSeekConnection, type DeepSeekConnectionArgs, type OpenAIOptions } from "./connection.ts";
export type { Strictness, TestCall } from "./core/inputs.ts";
export type { Status } from "./core/policy.ts";
export type { Model } from "./deepseek/replies.ts";
