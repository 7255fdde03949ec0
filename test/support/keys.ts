import { randomBytes } from "node:crypto";

/** A key in the usual format that belongs to no account, for tests that need no key of their own. */
export const exampleKey = "sk-0123456789abcdef0123456789abcdef";

/** A key that nothing else uses, in the shape seen of DeepSeek's own: `sk-` and 32 lowercase hex digits. */
export function freshKey(): string {
  return `sk-${randomBytes(16).toString("hex")}`;
}

/** Fresh keys in each shape that a search for keys must know. */
export const shapes = {
  usual: freshKey,
  // Whatever an encoding changes, at both ends and in the middle.
  odd: () => String.raw`sk-+/=%&\<${randomBytes(6).toString("hex")}+&%${randomBytes(6).toString("hex")}<=\/&+%`,
};

export type Shape = keyof typeof shapes;
