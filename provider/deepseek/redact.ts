import { createHash } from "node:crypto";

/** Longest text of the service that is passed on, in characters: a sentence or two, never a page. */
const MAX_REMOTE_TEXT = 300;

/**
 * Shortest run of the key's characters that counts as a part of it. DeepSeek's 401 echoes the key's last four
 * characters, so four must not pass.
 */
const MIN_KEY_PART = 4;

/** The same for short values that are taken over as they are. They are often hex, as keys are: four would meet by chance. */
const MIN_KEY_PART_OF_VALUE = 8;

/** The shape of every DeepSeek key seen so far. It is not documented, so a key may have another. */
export const USUAL_KEY = /sk-[0-9a-f]{32}/;

/** Length from which a key that stands in another text is no coincidence. A local gateway's key may be "local". */
const MIN_TELLING_KEY = 16;

/** Whether a text that is stored in clear holds one of these keys as a whole, or what looks like another one. */
export function containsKey(text: string, keys: readonly string[]): boolean {
  return USUAL_KEY.test(text) || keys.some((key) => key.length >= MIN_TELLING_KEY && text.includes(key));
}

/**
 * Tells keys apart without showing them: the first 12 hex digits of SHA-256 over a fixed prefix and the key. The prefix
 * keeps the fingerprint from being looked up in tables of plain hashes. It is stored in state: never change it.
 */
export function keyFingerprint(apiKey: string): string {
  return createHash("sha256").update(`pulumi-deepseek:key:${apiKey}`).digest("hex").slice(0, 12);
}

/** A text on one line, without control characters (terminal escapes, bidirectional marks), cut to `max` characters. */
export function printable(text: string, max = MAX_REMOTE_TEXT): string {
  // Nearly all texts are fine as they are, and a reply holds dozens.
  if (text.length <= max && /^[ -~]*$/.test(text) && !/^ | $| {2}/.test(text)) return text;
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
  const holdsPart = keyPartFinder(apiKey, MIN_KEY_PART);
  const plain = unescaped(text);
  const keyless = apiKey === "" ? plain : plain.replaceAll(apiKey, "[redacted]");
  // Blanked out first and cut then: half of a secret is not recognized as one.
  const words = printable(keyless, MAX_REMOTE_TEXT * 4).split(" ");
  const clear = words.map((word) => (holdsPart(word) || looksSecret(word) ? "[redacted]" : word)).join(" ");
  // A key that is spread over many words is in none of them.
  return keyFinder(apiKey)(clear) ? "[redacted]" : printable(clear);
}

/**
 * Finds values of the service, such as ids and names, that repeat a part of the key, be it escaped or spread over a value
 * with other characters in between: they must not be kept.
 */
export function keyFinder(apiKey: string): (value: string) => boolean {
  const holdsPart = keyPartFinder(apiKey, MIN_KEY_PART_OF_VALUE);
  const holdsSpread = keyPartFinder(joined(apiKey.replace(/^sk-/, "")), MIN_KEY_PART_OF_VALUE);
  return (value) => {
    const plain = unescaped(value);
    return holdsPart(plain) || holdsSpread(joined(plain));
  };
}

/** A text's letters and digits alone. */
function joined(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, "");
}

/** A text, such as JSON, without what a URL in it holds besides an address: user info and query are places of passwords. */
export function withoutCredentials(text: string): string {
  return text.replace(/(\w+:[/\\]*)[^"]*@/g, "$1…@").replace(/(\w+:[/\\]*[^"?#]*)[?#][^"]*/g, "$1?…");
}

/** Undoes the escapes of URLs and JSON, behind which the characters of a key could hide. */
function unescaped(text: string): string {
  let plain = text;
  // What was escaped several times. Not as often as a text asks for: it could ask for thousands.
  for (let pass = 1; pass <= 3; pass++) {
    plain = plain
      .replace(/(?:%|\\u00)([2-7][0-9a-f])/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/\\(?=[\\/])/g, "");
  }
  return plain;
}

/** Finds every run of at least `least` of the key's characters, plain or encoded, in upper or lower case. */
function keyPartFinder(apiKey: string, least: number): (text: string) => boolean {
  // "sk-" is in every key and in ordinary sentences about keys.
  const secret = apiKey.replace(/^sk-/, "");
  // What stands before a part shifts its base64 by zero, one or two characters.
  const shifted = ["", "-", "--"].map((before) => Buffer.from(before + secret));
  const forms = [
    { texts: [secret], length: least },
    // What encodes `least` characters of the key; of base64 one character more depends on what follows.
    { texts: [Buffer.from(secret).toString("hex")], length: 2 * least },
    {
      texts: shifted.flatMap((bytes) => [bytes.toString("base64"), bytes.toString("base64url")]),
      length: Math.floor((least * 8) / 6),
    },
  ].map(({ texts, length }) => {
    const lower = [...new Set(texts.map((text) => text.toLowerCase()))];
    return { texts: lower, length, blocks: [...new Set(lower.flatMap((text) => blocksOf(text, length)))] };
  });
  return (text) => {
    const lower = text.toLowerCase();
    return forms.some(
      ({ texts, length, blocks }) => blocks.some((block) => lower.includes(block)) && sharesRun(lower, texts, length),
    );
  };
}

/**
 * A text cut into blocks, one of which is inside of every run of `length` characters. Looking for them first rules nearly
 * all texts out at a fraction of the cost.
 */
function blocksOf(text: string, length: number): readonly string[] {
  const size = Math.floor((length + 1) / 2);
  const count = Math.floor(text.length / size);
  return Array.from({ length: count }, (_, index) => text.slice(index * size, (index + 1) * size));
}

/** Whether a text has a run of `length` characters in common with one of others. */
function sharesRun(text: string, others: readonly string[], length: number): boolean {
  for (let start = 0; start + length <= text.length; start++) {
    const run = text.slice(start, start + length);
    if (others.some((other) => other.includes(run))) return true;
  }
  return false;
}

function looksSecret(word: string): boolean {
  return word.includes("**") || /sk-[\p{L}\p{N}]{8}/iu.test(word) || looksEncoded(word);
}

/** A long run of mixed letters and digits: base64, hex, a token. Names of models are hyphenated, so they pass. */
function looksEncoded(word: string): boolean {
  return word.split(/[^\p{L}\p{N}+/=_%]/u).some((run) => run.length >= 16 && /\p{L}/u.test(run) && /\p{N}/u.test(run));
}
