import { createHash } from "node:crypto";

/** Longest text of the service that is passed on, in characters: a sentence or two, never a page. */
const MAX_REMOTE_TEXT = 300;

/**
 * Shortest run of the key's characters that counts as a part of it. DeepSeek's 401 echoes the key's last four
 * characters, so four must not pass.
 */
const MIN_KEY_PART = 4;

/** Characters that encode `MIN_KEY_PART` characters of the key; in base64 the sixth depends on what follows. */
const MIN_HEX_PART = 2 * MIN_KEY_PART;
const MIN_BASE64_PART = 5;

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
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  // The cut may leave half of a character.
  return line.length > max ? `${line.slice(0, max - 1).replace(/\p{Cs}/u, "")}…` : line;
}

/**
 * What may be printed of a text that comes from outside: printable, bounded, and with every word blanked out that shares
 * a run of characters with the key, plain or encoded, or that looks like a key or an encoded secret.
 */
export function redact(text: string, apiKey: string): string {
  const parts = keyParts(apiKey);
  const plain = unescaped(text);
  const keyless = apiKey === "" ? plain : plain.replaceAll(apiKey, "[redacted]");
  // Blanked out first and cut then: half of a secret is not recognized as one.
  const words = printable(keyless, MAX_REMOTE_TEXT * 4).split(" ");
  return printable(words.map((word) => (isSecret(word, parts) ? "[redacted]" : word)).join(" "));
}

/** Undoes the escapes of URLs and JSON, behind which the characters of a key could hide. */
function unescaped(text: string): string {
  return text
    .replace(/(?:%|\\u00)([2-7][0-9a-f])/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\(?=[\\/])/g, "");
}

/** Every run of the key's characters, and of its encodings, that is too long to be shown; in lower case. */
function keyParts(apiKey: string): ReadonlySet<string> {
  // "sk-" is in every key and in ordinary sentences about keys.
  const secret = apiKey.replace(/^sk-/, "");
  // What stands before a part shifts its base64 by zero, one or two characters.
  const shifted = ["", "-", "--"].map((before) => Buffer.from(before + secret));
  return new Set([
    ...runs(secret, MIN_KEY_PART),
    ...runs(Buffer.from(secret).toString("hex"), MIN_HEX_PART),
    ...shifted.flatMap((bytes) => runs(bytes.toString("base64"), MIN_BASE64_PART)),
    ...shifted.flatMap((bytes) => runs(bytes.toString("base64url"), MIN_BASE64_PART)),
  ]);
}

/** All runs of `length` characters, in lower case. */
function runs(text: string, length: number): readonly string[] {
  const lower = text.toLowerCase();
  return Array.from({ length: Math.max(0, lower.length - length + 1) }, (_, at) => lower.slice(at, at + length));
}

function isSecret(word: string, parts: ReadonlySet<string>): boolean {
  const shared = [MIN_KEY_PART, MIN_BASE64_PART, MIN_HEX_PART].some((length) =>
    runs(word, length).some((run) => parts.has(run)),
  );
  return shared || word.includes("**") || /sk-[\p{L}\p{N}]{8}/iu.test(word) || looksEncoded(word);
}

/** A long run of mixed letters and digits: base64, hex, a token. Names of models are hyphenated, so they pass. */
function looksEncoded(word: string): boolean {
  return word.split(/[^\p{L}\p{N}+/=_%]/u).some((run) => run.length >= 16 && /\p{L}/u.test(run) && /\p{N}/u.test(run));
}
