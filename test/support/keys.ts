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

/**
 * Keys for tests that compare a service's words. A word that contains a part of a key, plain or encoded, is redacted, and by chance a
 * random key shares such a part with one text in several thousand. These share none with the recorded replies.
 */
export const replayKeys = ["sk-363d73699d082a9914f760b9b2e32349", "sk-7256cd28dcf9afa4226c92fa42537cf3"] as const;

/** Create keys in each format that a search for keys must find. */
export const shapes = {
  usual: freshKey,
  // Characters that encodings change, at both ends and in the middle.
  odd: () => String.raw`sk-+/=%&\<${randomBytes(6).toString("hex")}+&%${randomBytes(6).toString("hex")}<=\/&+%`,
};

export type Shape = keyof typeof shapes;
