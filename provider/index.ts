export type { TestCall } from "./arguments.ts";
export { DeepSeekConnection, type DeepSeekConnectionArgs, type OpenAIOptions } from "./connection.ts";
export type { Strictness } from "./decision.ts";
export type { Model } from "./deepseek/replies.ts";
export type { Status } from "./outputs.ts";
