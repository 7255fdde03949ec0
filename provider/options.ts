/** How strictly a connection is verified; see `verify` in `DeepSeekConnectionArgs`. */
export type Strictness = "standard" | "strict" | "none";

/** What create and update ask besides the free calls; see `testCall` in `DeepSeekConnectionArgs`. */
export type TestCall = "chat" | "models";

export const strictnesses: readonly Strictness[] = ["standard", "strict", "none"];

export const testCalls: readonly TestCall[] = ["chat", "models"];
