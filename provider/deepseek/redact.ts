import { createHash } from "node:crypto";

/** Longest quote of a text from the service, in characters: enough for a sentence or two. */
const MAX_REMOTE_TEXT = 300;

/**
 * Shortest run of the key's characters that counts as a part of it. DeepSeek's 401 echoes the key's last four
 * characters, so even four must be redacted.
 */
const MIN_KEY_PART = 4;

/**
 * The same for values that are kept unchanged, such as ids. Those are often hex, as keys are: four could match by
 * chance.
 */
const MIN_KEY_PART_OF_VALUE = 8;

/** The format of every DeepSeek key seen so far. It is not documented, so a key may have another format. */
export const USUAL_KEY = /sk-[0-9a-f]{32}/;

/** Shortest key whose occurrence in another text is not a coincidence. A local gateway's key may be "local". */
const MIN_TELLING_KEY = 16;

/** Shortest value of a header whose occurrence in another text is not a coincidence. */
const MIN_TELLING_VALUE = 16;

/**
 * Whether the value of a header has to be a secret: it is long, and neither an address without credentials nor a word.
 * With `x-gateway-provider: deepseek`, every text about DeepSeek contains the value.
 */
function isTelling(value: string): boolean {
  return value.length >= MIN_TELLING_VALUE && !/^[a-z-]+$/i.test(value) && !/^https?:\/\/[^?#@]*$/i.test(value);
}

/**
 * The secrets of a connection, or of several: API keys and the values of headers. It finds them in texts from outside
 * and removes them. A part of a key counts too, but only a whole value of a header.
 */
export class KnownSecrets {
  readonly keys: readonly string[];
  readonly #values: readonly string[];
  #finders: readonly ((value: string) => boolean)[] | undefined;

  /** @param headerValues those that could be any word are ignored */
  constructor(keys: readonly string[], headerValues: readonly string[] = []) {
    this.keys = keys.filter((key) => key !== "");
    this.#values = headerValues.filter(isTelling);
  }

  /** The secrets of one connection. */
  static of(apiKey: string, headers: Readonly<Record<string, string>> = {}): KnownSecrets {
    return new KnownSecrets([apiKey], Object.values(headers));
  }

  /** Whether a value from the service contains a part of a key, or a header's value. Such values must not be kept. */
  areIn(value: string): boolean {
    this.#finders ??= [...this.keys.map(keyFinder), valueFinder(this.#values)];
    return this.#finders.some((isIn) => isIn(value));
  }

  /** Makes a text from outside safe to print; see `redact`. */
  redact(text: string): string {
    const [first = "", ...others] = this.keys;
    return others.reduce((clear, key) => redact(clear, key), redact(text, first, this.#values));
  }

  /** Whether a text contains a whole key, or something that looks like another key. */
  keyIsIn(text: string): boolean {
    return containsKey(text, this.keys);
  }

  /** Whether a text contains a header's value. */
  headerValueIsIn(text: string): boolean {
    return this.#values.some((value) => text.includes(value));
  }
}

/** Whether a text contains one of these keys completely, or something that looks like another key. */
export function containsKey(text: string, keys: readonly string[]): boolean {
  return USUAL_KEY.test(text) || keys.some((key) => key.length >= MIN_TELLING_KEY && text.includes(key));
}

/**
 * Identifies a key without revealing it: the first 12 hex digits of SHA-256 over a fixed prefix and the key. Because of
 * the prefix, tables of precomputed hashes do not help to find the key. It is stored in state: never change it.
 */
export function keyFingerprint(apiKey: string): string {
  return createHash("sha256").update(`pulumi-deepseek:key:${apiKey}`).digest("hex").slice(0, 12);
}

/** A text on one line, without control characters (terminal escapes, bidirectional marks), cut to `max` characters. */
export function printable(text: string, max = MAX_REMOTE_TEXT): string {
  // A shortcut for most texts, of which a reply contains dozens.
  if (text.length <= max && /^[ -~]*$/.test(text) && !/^ | $| {2}/.test(text)) return text;
  // Cut before the regular expressions run: a text from the service may be a megabyte long.
  const line = text
    .slice(0, max * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  // The cut may leave half a character (a lone surrogate).
  return line.length > max ? `${line.slice(0, max - 1).replace(/\p{Cs}/u, "")}…` : line;
}

/**
 * Makes a text from outside safe to print: on one line, shortened, and with every word redacted that contains a part of
 * the key, plain or encoded, or that looks like a key or an encoded secret.
 *
 * @param headerValues removed where they occur as a whole
 */
export function redact(text: string, apiKey: string, headerValues: readonly string[] = []): string {
  const holdsPart = keyPartFinder(apiKey, MIN_KEY_PART);
  // Both before and after, since a value can itself contain what looks like an escape.
  const plain = without(headerValues, unescaped(without(headerValues, text)));
  const keyless = apiKey === "" ? plain : plain.replaceAll(apiKey, "[redacted]");
  // Redacted before it is cut: half a secret would not be recognized.
  const words = printable(keyless, MAX_REMOTE_TEXT * 4).split(" ");
  const clear = words.map((word) => (holdsPart(word) || looksSecret(word) ? "[redacted]" : word)).join(" ");
  // A key that is spread over several words is found in none of them alone.
  const isHidden = keyFinder(apiKey)(clear) || valueFinder(headerValues)(clear);
  return isHidden ? "[redacted]" : printable(clear);
}

function without(values: readonly string[], text: string): string {
  return values.flatMap(spellings).reduce((rest, value) => rest.replaceAll(value, "[redacted]"), text);
}

/** A value as it is, and as a part of JSON. */
function spellings(value: string): readonly string[] {
  return [...new Set([value, JSON.stringify(value).slice(1, -1)])];
}

/** Detects one of these values as a whole, plain or encoded, in upper or lower case. */
function valueFinder(values: readonly string[]): (text: string) => boolean {
  const finders = values.flatMap(spellings).map((value) => keyPartFinder(value, value.replace(/^sk-/, "").length));
  return (text) => {
    if (finders.length === 0) return false;
    const plain = unescaped(text);
    return finders.some((isIn) => isIn(text) || isIn(plain));
  };
}

/**
 * Detects values from the service, such as ids and names, that contain a part of the key, even if it is escaped or has
 * other characters in between. Such values must not be kept.
 */
export function keyFinder(apiKey: string): (value: string) => boolean {
  const holdsPart = keyPartFinder(apiKey, MIN_KEY_PART_OF_VALUE);
  const holdsSpread = keyPartFinder(joined(apiKey.replace(/^sk-/, "")), MIN_KEY_PART_OF_VALUE);
  return (value) => {
    const plain = unescaped(value);
    return holdsPart(plain) || holdsSpread(joined(plain));
  };
}

/** Only the letters and digits of a text. */
function joined(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, "");
}

/** Removes user info and queries from the URLs in a text, such as JSON: both can contain passwords. */
export function withoutCredentials(text: string): string {
  return text.replace(/(\w+:[/\\]*)[^"]*@/g, "$1…@").replace(/(\w+:[/\\]*[^"?#]*)[?#][^"]*/g, "$1?…");
}

/** Undoes the escapes of URLs and JSON, which could hide the characters of a key. */
function unescaped(text: string): string {
  // A shortcut for most texts.
  if (!/[%\\]/.test(text)) return text;
  let plain = text;
  // A text can be escaped several times. The number of passes is limited, since the text could require thousands.
  for (let pass = 1; pass <= 3; pass++) {
    plain = plain
      .replace(/(?:%|\\u00)([2-7][0-9a-f])/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/\\(?=[\\/])/g, "");
  }
  return plain;
}

/** Detects a run of at least `least` of the key's characters, plain or encoded, in upper or lower case. */
function keyPartFinder(apiKey: string, least: number): (text: string) => boolean {
  // "sk-" occurs in every key and in ordinary sentences about keys.
  const secret = apiKey.replace(/^sk-/, "");
  // What precedes a part shifts its base64 encoding by zero, one or two characters.
  const shifted = ["", "-", "--"].map((before) => Buffer.from(before + secret));
  const forms = [
    { texts: [secret], length: least },
    // The length that encodes `least` characters of the key. The last character of base64 also depends on what follows.
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
 * A text cut into blocks so short that every run of `length` characters contains at least one of them. Searching for
 * the blocks first rules out nearly all texts at a fraction of the cost.
 */
function blocksOf(text: string, length: number): readonly string[] {
  const size = Math.floor((length + 1) / 2);
  const count = Math.floor(text.length / size);
  return Array.from({ length: count }, (_, index) => text.slice(index * size, (index + 1) * size));
}

/** Whether a text shares a run of `length` characters with one of the others. */
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

/**
 * Whether a word contains a long run of mixed letters and digits: base64, hex, a token. Models' names have hyphens, so
 * they pass.
 */
function looksEncoded(word: string): boolean {
  return word.split(/[^\p{L}\p{N}+/=_%]/u).some((run) => run.length >= 16 && /\p{L}/u.test(run) && /\p{N}/u.test(run));
}
