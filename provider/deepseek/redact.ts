import { createHash } from "node:crypto";

/** Longest text of the service that is passed on, in characters: a sentence or two, never a page. */
const MAX_REMOTE_TEXT = 300;

/**
 * Shortest run of the key's characters that counts as a part of it. DeepSeek's 401 echoes the key's last four
 * characters, so four must not pass.
 */
const MIN_KEY_PART = 4;

/**
 * Tells keys apart without showing them: the first 12 hex digits of SHA-256 over a fixed prefix and the key. The prefix
 * keeps the fingerprint from being looked up in tables of plain hashes. It is stored in state: never change it.
 */
export function keyFingerprint(apiKey: string): string {
  return createHash("sha256").update(`pulumi-deepseek:key:${apiKey}`).digest("hex").slice(0, 12);
}

/** A text on one line, without control characters (terminal escapes, bidirectional marks), cut to `max` characters. */
export function printable(text: string, max = MAX_REMOTE_TEXT): string {
  // Cut before the regular expressions see a text of the service, which may be a megabyte.
  const line = text
    .slice(0, max * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return line.length > max ? `${line.slice(0, max - 1)}…` : line;
}

/**
 * What may be printed of a text that comes from outside: printable, bounded, and with every word blanked out that shares
 * a run of characters with the key, or that looks like a key or an encoded secret.
 */
export function redact(text: string, apiKey: string): string {
  const parts = keyParts(apiKey);
  const words = printable(apiKey === "" ? text : text.replaceAll(apiKey, "[redacted]")).split(
    /([^\p{L}\p{N}+/=_%*.-]+)/u,
  );
  return words.map((word) => (isSecret(word, parts) ? "[redacted]" : word)).join("");
}

function keyParts(apiKey: string): ReadonlySet<string> {
  // "sk-" is in every key and in ordinary sentences about keys.
  const secret = apiKey.replace(/^sk-/, "").toLowerCase();
  const parts = new Set<string>();
  for (let start = 0; start + MIN_KEY_PART <= secret.length; start++) {
    parts.add(secret.slice(start, start + MIN_KEY_PART));
  }
  return parts;
}

function isSecret(word: string, parts: ReadonlySet<string>): boolean {
  const lower = word.toLowerCase();
  for (let start = 0; start + MIN_KEY_PART <= lower.length; start++) {
    if (parts.has(lower.slice(start, start + MIN_KEY_PART))) return true;
  }
  return /^\*{2}/.test(word) || /sk-[\p{L}\p{N}]{8}/u.test(lower) || looksEncoded(word);
}

/** A long run of mixed letters and digits: base64, hex, a token. Names of models are hyphenated, so they pass. */
function looksEncoded(word: string): boolean {
  return word.split(/[-.]/).some((run) => run.length >= 16 && /\p{L}/u.test(run) && /\p{N}/u.test(run));
}
