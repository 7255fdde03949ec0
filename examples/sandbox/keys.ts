import { createHash } from "node:crypto";

/**
 * A made-up key that is the same on every machine, so that a program, a test and a running sandbox can agree on it
 * without passing it around. It has the shape seen of DeepSeek's own keys: `sk-` and 32 lowercase hex digits.
 */
export function sandboxKey(label: string): string {
  return `sk-${createHash("sha256").update(`deepseek sandbox key: ${label}`).digest("hex").slice(0, 32)}`;
}

/** What may be shown of a key, or of a header that carries one: its end, and only if enough stays hidden. */
export function maskKey(secret: string): string {
  return secret.length < 16 ? "****" : `****${secret.slice(-4)}`;
}
