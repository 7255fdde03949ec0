import { randomBytes } from "node:crypto";

/** A key in the usual format that belongs to no account, for tests that need no key of their own. */
export const exampleKey = "sk-0123456789abcdef0123456789abcdef";

/**
 * Creates a key that nothing else uses, in the observed format of DeepSeek's keys: `sk-` and 32 lowercase hex digits. It has no four
 * letters or digits in a row: 'acce' in a key would redact the word 'access' of a reply, and a test would fail once in many runs.
 */
export function freshKey(): string {
  for (;;) {
    const digits = randomBytes(16).toString("hex");
    if (!/[a-f]{4}|\d{4}/.test(digits)) return `sk-${digits}`;
  }
}

/** Create keys in each format that a search for keys must find. */
export const shapes = {
  usual: freshKey,
  // Characters that encodings change, at both ends and in the middle.
  odd: () => String.raw`sk-+/=%&\<${randomBytes(6).toString("hex")}+&%${randomBytes(6).toString("hex")}<=\/&+%`,
};

export type Shape = keyof typeof shapes;
