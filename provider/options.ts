/** How strictly a connection is verified; see `DeepSeekConnectionArgs.verify`. */
export const strictnesses = ["standard", "strict", "none"] as const;
export type Strictness = (typeof strictnesses)[number];

/** What create and update ask besides the free calls; see `DeepSeekConnectionArgs.testCall`. */
export const testCalls = ["chat", "models"] as const;
export type TestCall = (typeof testCalls)[number];
