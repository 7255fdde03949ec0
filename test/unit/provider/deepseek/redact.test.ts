import { describe, expect, test } from "vitest";
import {
  containsKey,
  KnownSecrets,
  keyFinder,
  keyFingerprint,
  printable,
  redact,
  withoutCredentials,
} from "../../../../provider/deepseek/redact.ts";
import { sandboxKey } from "../../../../provider/sandbox/accounts.ts";

const key = sandboxKey("redact");

describe("a key's fingerprint", () => {
  test("is stored in state, so it never changes", () => {
    expect(keyFingerprint("sk-238d2d2369580a963057d8d74dba2404")).toBe("d56540cbf211");
  });

  test("differs between keys", () => {
    expect(keyFingerprint(key)).not.toBe(keyFingerprint(`${key}0`));
  });
});

describe("a printable text", () => {
  test.each([
    ["two\r\nlines", "two lines"],
    [" \t blanks \u00a0 and\u3000more ", "blanks and more"],
    ["\u001b[31mred\u001b[0m", "[31mred [0m"],
    ["left\u202eright\u2066", "left right"],
    ["zero\u200bwidth\ufeff", "zero width"],
    ["line\u2028and\u2029paragraph", "line and paragraph"],
    ["private\ue000use", "private use"],
    ["half \ud83d of a pair", "half of a pair"],
    ["nul\u0000\u0000\u0000bytes", "nul bytes"],
    ["余额不足 – naïve 😀", "余额不足 – naïve 😀"],
    ["", ""],
    ["\u0000\n", ""],
  ])("is on one line and without control characters: %j becomes %j", (given, expected) => {
    expect(printable(given)).toBe(expected);
  });

  test("has at most 300 characters, or the given maximum", () => {
    expect(printable("a".repeat(300))).toBe("a".repeat(300));
    expect(printable("a".repeat(301))).toBe(`${"a".repeat(299)}…`);
    expect(printable("abcdef", 6)).toBe("abcdef");
    expect(printable("abcdefg", 6)).toBe("abcde…");
  });

  test("is not cut through a character", () => {
    expect(printable("abcd😀😀", 6)).toBe("abcd…");
    expect(printable("😀".repeat(3), 5)).toBe("😀😀…");
  });

  test("uses only the beginning of a long text", () => {
    expect(printable(`a${" ".repeat(22)}b${" ".repeat(22)}c`, 6)).toBe("a b");
  });
});

describe("an ordinary message of the service passes unchanged", () => {
  test.each([
    "Insufficient Balance",
    "The supported API model names are deepseek-flash, deepseek-v4-pro, but you passed deepseek-chat.",
    "Too many requests. Your current concurrency is 26, which exceeds your concurrency limit of 25.",
    "Failed to deserialize the JSON body into the target type: messages[9]: invalid type: sequence, expected a string",
    "litellm.UnsupportedParamsError: this model does not support parameters: ['thinking']",
    "Your api key sk-… is not known (request_id: 00000000-0000-4000-8000-000000000000)",
    "The number 1234567890123456 has no letters, and internationalization has no digits.",
    "Use 15 digits and letters: abc123abc123abc",
    "Model deepseek-v4-flash-vision-exp-2026-10-17 is at 2 * 3 % load.",
    "100 % of 模型 are busy",
  ])("%s", (message) => {
    expect(redact(message, key)).toBe(message);
    expect(redact(message, "")).toBe(message);
  });
});

describe("each part of a key in a text is redacted", () => {
  const last = (count: number) => key.slice(-count);
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  test.each([
    ["the key", `key=${key}.`, "key=[redacted]."],
    [
      "its end, as DeepSeek's 401 shows it",
      `Your api key: ****${last(4)} is invalid`,
      "Your api key: [redacted] is invalid",
    ],
    ["its end alone", `It ends in ${last(4)}.`, "It ends in [redacted]"],
    ["its last eight characters", `(…${last(8)})`, "[redacted]"],
    ["a part in capitals", `Part ${key.slice(8, 14).toUpperCase()} is known`, "Part [redacted] is known"],
    ["the beginning after sk-", `Starts with ${key.slice(0, 7)}`, "Starts with [redacted]"],
    ["its base64", `It is ${base64(key)}`, "It is [redacted]"],
    ["its base64 after one character", `It is ${base64(`:${key}`)}`, "It is [redacted]"],
    ["its base64 after two characters", `It is ${base64(`u:${key}`)}`, "It is [redacted]"],
    ["the base64 of its end", `It is ${base64(last(8))}`, "It is [redacted]"],
    ["the base64 of its end after one character", `It is ${base64(`:${last(8)}`)}`, "It is [redacted]"],
    ["the base64 of its end after two characters", `It is ${base64(`u:${last(8)}`)}`, "It is [redacted]"],
    ["the base64 of its last four", `It is ${base64(last(4))}`, "It is [redacted]"],
    ["its hex", `It is ${Buffer.from(key).toString("hex")}`, "It is [redacted]"],
    ["the hex of its end", `It is ${Buffer.from(last(4)).toString("hex")}`, "It is [redacted]"],
    ["its URL escapes", `It is ${key.replace(/./g, (at) => `%${at.charCodeAt(0).toString(16)}`)}`, "It is [redacted]"],
    [
      "its JSON escapes",
      `It is ${key.replace(/./g, (at) => `\\u00${at.charCodeAt(0).toString(16)}`)}`,
      "It is [redacted]",
    ],
    [
      "its URL escapes, escaped again",
      `It is ${key.replace(/./g, (at) => `%25${at.charCodeAt(0).toString(16)}`)}`,
      "It is [redacted]",
    ],
    ["its characters one by one", `It is ${[...key].join(" ")}`, "[redacted]"],
    ["its characters with invisible ones between", `It is ${[...key].join("\u200b")}`, "[redacted]"],
    ["something starred", "Your key a**b is invalid", "Your key [redacted] is invalid"],
    ["another key", "Not SK-abcd1234, but sk-abcd123.", "Not [redacted] but sk-abcd123."],
    ["some other token", "Trace (abc123abc123abc1), eyJhbGciOi/JIUzI1+NiJ9=", "Trace [redacted] [redacted]"],
  ])("%s", (_, given, expected) => {
    expect(redact(given, key)).toBe(expected);
  });

  test.each([key, base64(key), Buffer.from(key).toString("hex")])("%s even where the text is cut", (secret) => {
    const start = "a ".repeat(140);
    expect(redact(`${start}${secret}`, key)).toBe(`${start}[redacted]`);
    // Only the beginning of a long text is searched: of the secret, 19 characters.
    expect(redact(`a${" ".repeat(4_780)}${secret}`, key)).toBe("a [redacted]");
  });

  test("a key with base64url's and with JSON's own characters", () => {
    const odd = "??>>??>>a/b\\c/d\\e/f";
    expect(redact(`It is ${Buffer.from(odd).toString("base64url")}`, odd)).toBe("It is [redacted]");
    expect(redact(`It is ${Buffer.from(odd).toString("base64url").slice(0, 8)}`, odd)).toBe("It is [redacted]");
    expect(redact(`It is ${Buffer.from(odd).toString("base64").slice(0, 8)}`, odd)).toBe("It is [redacted]");
    expect(redact(`It is ${JSON.stringify(odd)}`, odd)).toBe('It is "[redacted]"');
    expect(redact("It is a\\/b\\\\c", odd)).toBe("It is [redacted]");
    expect(redact("It ends in d\\e/f", odd)).toBe("It ends in [redacted]");
  });

  test("a key too short to have parts, but no part of a word", () => {
    expect(redact("The key abc is short", "abc")).toBe("The key [redacted] is short");
    expect(redact("Ask for sk- and so on", "sk-abcd")).toBe("Ask for sk- and so on");
    expect(redact("Behind a mask", "mask-abcd")).toBe("Behind a [redacted]");
  });
});

describe("a URL is shown without credentials, query and fragment", () => {
  test.each([
    ['"https://me:hunter2@host/v1"', '"https://…@host/v1"'],
    ['"https:me:hunter2@host"', '"https:…@host"'],
    [String.raw`"https:\\me:hunter2@host"`, String.raw`"https:\\…@host"`],
    ['"https://me:hunter/2@home@host"', '"https://…@host"'],
    ['"me:hunter2@host"', '"me:…@host"'],
    ['"https://host/v1?key=hunter2"', '"https://host/v1?…"'],
    ['"https://host#hunter2"', '"https://host?…"'],
    ['["https://me:a@b?c","https://d#e"]', '["https://…@b?…","https://d?…"]'],
    ['"https://host/v1"', '"https://host/v1"'],
    ['{"email":"on-call@example","why":"what?"}', '{"email":"on-call@example","why":"what?"}'],
  ])("%s becomes %s", (given, expected) => {
    expect(withoutCredentials(given)).toBe(expected);
  });
});

describe("containsKey decides whether a clear text contains a key", () => {
  const other = "gateway-token_17";
  test.each([
    ["one of the keys", `see ${other}!`, [other], true],
    ["one of several", other, ["another-token-18", other], true],
    ["something that looks like a key, whatever the keys are", `sk-${"0a".repeat(16)}`, [], true],
    ["a part of a key", other.slice(1), [other], false],
    ["something shorter than a DeepSeek key", `sk-${"0a".repeat(15)}`, [], false],
    ["a short key, which may be a word", "local-gateway-17", ["local-gateway-1"], false],
    ["another text", "the connection of production", [other], false],
  ])("%s", (_, text, keys, expected) => {
    expect(containsKey(text, keys)).toBe(expected);
  });
});

describe("keyFinder detects a part of the key in a value from the service", () => {
  /** Every substring of this length. */
  const runsOf = (text: string, length: number) =>
    Array.from({ length: text.length - length + 1 }, (_, start) => text.slice(start, start + length));

  // Odd lengths too: the search compares blocks first, and the last block may be shorter.
  test.each([key, `${key}x`, `${key}xy`, "gateway-token_17"])("%#: wherever the part begins", (apiKey) => {
    const holdsKey = keyFinder(apiKey);
    const secret = apiKey.replace(/^sk-/, "");
    for (const part of runsOf(secret, 8)) {
      expect(holdsKey(`fp~${part}~prod`), part).toBe(true);
      expect(holdsKey(part.toUpperCase()), part).toBe(true);
      expect(holdsKey(Buffer.from(part).toString("hex")), part).toBe(true);
      for (const before of ["", ".", ".."])
        expect(holdsKey(Buffer.from(`${before}${part}.`).toString("base64"))).toBe(true);
    }
    for (const part of runsOf(secret, 7)) expect(holdsKey(`fp~${part}~prod`), part).toBe(false);
  });

  test.each([key, "gateway-token_17"])("%#: escaped, or spread with other characters in between", (apiKey) => {
    const holdsKey = keyFinder(apiKey);
    expect(holdsKey([...apiKey].join("-"))).toBe(true);
    expect(holdsKey(apiKey.replace(/..../g, "$&."))).toBe(true);
    expect(holdsKey(apiKey.replace(/./g, (at) => `%${at.charCodeAt(0).toString(16)}`))).toBe(true);
    expect(holdsKey(apiKey.replace(/./g, (at) => `%25${at.charCodeAt(0).toString(16)}`))).toBe(true);
    expect(holdsKey(apiKey.replace(/./g, (at) => `%2525${at.charCodeAt(0).toString(16)}`))).toBe(true);
    expect(holdsKey("deepseek-v4-flash-vision-exp-2026-10-17")).toBe(false);
  });

  test("quickly, however often a value is escaped", () => {
    const begun = performance.now();
    expect(keyFinder(key)(`%${"25".repeat(400_000)}`)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

describe("the secrets of a connection", () => {
  const value = 'Basic "dXNlcjpwYXNz"/0f1e';
  const secrets = KnownSecrets.of(key, {
    "x-gateway": value,
    "x-provider": "deepseek",
    "x-words": "only-words-and-hyphens",
  });

  test.each([
    ["as it is", value],
    ["in other case", value.toUpperCase()],
    ["in JSON", JSON.stringify({ value })],
    ["in a URL", encodeURIComponent(value)],
    ["in base64", Buffer.from(`x${value}`).toString("base64")],
    ["in hex", Buffer.from(value).toString("hex")],
  ])("are found in a text that contains a header's value %s", (_, text) => {
    expect(secrets.areIn(`a ${text} b`)).toBe(true);
    const shown = secrets.redact(`a ${text} b`);
    expect(shown).toContain("[redacted]");
    expect(shown.toLowerCase()).not.toContain("dxnlc");
  });

  test("are found in a text that contains a part of the key, but not in one that contains a part of a value", () => {
    expect(secrets.areIn(key.slice(5, 15))).toBe(true);
    expect(secrets.areIn(value.slice(0, -1))).toBe(false);
    expect(secrets.redact("Basic authentication")).toBe("Basic authentication");
  });

  test("do not include values that every text could contain: words, short values, plain addresses", () => {
    expect(secrets.areIn("deepseek only-words-and-hyphens")).toBe(false);
    expect(secrets.redact("deepseek only-words-and-hyphens")).toBe("deepseek only-words-and-hyphens");
    const address = "https://gateway.example/v1";
    expect(KnownSecrets.of("", { a: address }).headerValueIsIn(address)).toBe(false);
    expect(KnownSecrets.of("", { a: `${address}?key=1` }).headerValueIsIn(`${address}?key=1`)).toBe(true);
    expect(KnownSecrets.of("", { a: "0123456789abcde" }).headerValueIsIn("0123456789abcde")).toBe(false);
    expect(KnownSecrets.of("", { a: "0123456789abcdef" }).headerValueIsIn("0123456789abcdef")).toBe(true);
  });

  test("can be those of several connections", () => {
    const other = `sk-${"5".repeat(16)}${"e".repeat(16)}`;
    const all = new KnownSecrets([key, other]);
    expect(all.redact(`not ${key.slice(-6)}, nor ${other.slice(0, 9)}!`)).toBe("not [redacted] nor [redacted]");
    expect([all.keyIsIn(other), all.keyIsIn("none")]).toEqual([true, false]);
    expect(new KnownSecrets([]).areIn("anything")).toBe(false);
  });
});
