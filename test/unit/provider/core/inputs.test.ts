import { describe, expect, it } from "vitest";
import { parseInputs } from "../../../../provider/core/inputs.ts";
import { type Bag, UNKNOWN } from "../../../../provider/core/values.ts";
import { exampleKey as key } from "../../../support/keys.ts";

const least = { apiKey: key, displayName: "main" };

function problemsOf(bag: Bag): readonly string[] {
  const parsed = parseInputs(bag);
  return parsed.type === "problems" ? parsed.problems.map(({ text }) => text) : [];
}

describe("a connection's inputs", () => {
  it("get their defaults", () => {
    expect(parseInputs(least)).toEqual({
      type: "settings",
      settings: {
        ...least,
        baseUrl: "https://api.deepseek.com",
        allowInsecureHttp: false,
        verify: "standard",
        testCall: "chat",
        timeoutSeconds: 20,
        maxAttempts: 3,
      },
    });
  });

  it("are normalized: the key is trimmed, and trailing slashes of the base URL are removed", () => {
    const parsed = parseInputs({ ...least, apiKey: ` ${key}\n`, baseUrl: "https://gateway.example/v1//" });
    expect(parsed).toMatchObject({ settings: { apiKey: key, baseUrl: "https://gateway.example/v1" } });
  });

  it("count as missing if the engine passes null", () => {
    expect(parseInputs({ ...least, defaultModel: null }).type).toBe("settings");
  });

  it.each([
    ["a missing key", { apiKey: undefined }, /^apiKey: is missing\. .*DEEPSEEK_API_KEY/],
    ["an empty key", { apiKey: " " }, /^apiKey: is empty$/],
    ["a key with 'Bearer '", { apiKey: `Bearer ${key}` }, /^apiKey: starts with 'Bearer '\. Provide only the key$/],
    ["a quoted key", { apiKey: `"${key}"` }, /^apiKey: contains a quotation mark\. Provide only the key$/],
    ["a key in typographic quotes", { apiKey: `“${key}”` }, /^apiKey: contains a quotation mark/],
    ["two keys", { apiKey: `${key} ${key}` }, /^apiKey: contains whitespace\. Provide only the key$/],
    [
      "a key with a foreign character",
      { apiKey: `${key}…` },
      /^apiKey: contains a character that is not allowed in a key\. Copy the key again$/,
    ],
    ["a key that is not a string", { apiKey: 5 }, /^apiKey: is missing/],
    ["an invalid base URL", { baseUrl: "deepseek" }, /^baseUrl: it is not an absolute URL.*\(got "deepseek"\)$/],
    [
      "plain http",
      { baseUrl: "http://api.deepseek.com" },
      /^baseUrl: it uses plain http, which would send the key unencrypted/,
    ],
    [
      "plain http to another machine",
      { baseUrl: "http://gateway:4000" },
      /^baseUrl: .* only to this machine\. If the network is private, set allowInsecureHttp: true\. .*\(got "http:\/\/gateway:4000"\)$/,
    ],
    [
      "plain http to DeepSeek, even with allowInsecureHttp",
      { baseUrl: "http://api.deepseek.com", allowInsecureHttp: true },
      /^baseUrl: it uses plain http, which would send the key unencrypted\. To DeepSeek, use https/,
    ],
    ["an allowInsecureHttp that is a word", { allowInsecureHttp: "yes" }, /^allowInsecureHttp: must be true or false/],
    ["headers that are a list", { headers: ["a: b"] }, /^headers: must be an object of values by the headers' names$/],
    ["a header that is no string", { headers: { a: 5 } }, /^headers\.a: must be a string$/],
    ["a header for the key", { headers: { Authorization: "x" } }, /^headers\.Authorization: .* Set apiKey instead$/],
    ["a header of the connection", { headers: { te: "x" } }, /^headers\.te: is not allowed: .*Remove it$/],
    ["two equal headers", { headers: { a: "x", A: "y" } }, /^headers\.A: differs from another name only in/],
    [
      "33 headers",
      { headers: Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`x-${index}`, "v"])) },
      /^headers: has more than 32 headers\. Remove some$/,
    ],
    ["an empty header", { headers: { a: " " } }, /^headers\.a: has no value/],
    ["a base URL with a password", { baseUrl: "https://me:hunter2@host" }, /^baseUrl: .*\(got "https:\/\/…@host"\)$/],
    [
      "a base URL with a secret query",
      { baseUrl: "https://host?key=hunter2" },
      /^baseUrl: .*\(got "https:\/\/host\?…"\)$/,
    ],
    [
      "a base URL that is not a string",
      { baseUrl: 5 },
      /^baseUrl: must be an address such as https:\/\/api\.deepseek\.com \(got 5\)$/,
    ],
    [
      "an invalid date",
      { keyCreatedAt: "yesterday" },
      /^keyCreatedAt: must be a date such as 2026-11-24, .*\(got "yesterday"\)$/,
    ],
    ["an invalid age", { rotateAfterDays: 0, keyCreatedAt: "2026-11-24" }, /^rotateAfterDays: must be from 1 to 3650/],
    [
      "rotateAfterDays without keyCreatedAt",
      { rotateAfterDays: 90 },
      /^rotateAfterDays: requires keyCreatedAt\. Set keyCreatedAt to the date on which/,
    ],
    ["an empty allowedModels", { allowedModels: [] }, /^allowedModels: is empty\. Add at least one model/],
    ["a duplicate in allowedModels", { allowedModels: ["a", "a"] }, /^allowedModels: contains a duplicate/],
    [
      "an allowed model that is not an id",
      { allowedModels: ["a", "b\nc"] },
      /^allowedModels\[1\]: must be the id of a model: 1 to 200 printable characters on one line/,
    ],
    [
      "allowed models that are not a list",
      { allowedModels: "a" },
      /^allowedModels: must be a list of model ids \(got "a"\)$/,
    ],
    [
      "a default model that is not a string",
      { defaultModel: 4 },
      /^defaultModel: must be the id of a model, such as 'deepseek-flash' \(got 4\)$/,
    ],
    [
      "a default model that is not allowed",
      { allowedModels: ["a", "b"], defaultModel: "c" },
      /^defaultModel: 'c' is not in allowedModels \(a, b\)\. Add it there, or choose another model$/,
    ],
    ["a displayName with two lines", { displayName: "a\nb" }, /^displayName: must be 1 to 100 characters on one line/],
    ["an empty displayName", { displayName: "" }, /^displayName: must be 1 to 100 characters on one line/],
    ["a displayName that is not a string", { displayName: true }, /^displayName: must be a string \(got true\)$/],
    ["an unknown verify", { verify: "lax" }, /^verify: must be one of 'standard', 'strict', 'none' \(got "lax"\)$/],
    ["an unknown testCall", { testCall: "fim" }, /^testCall: must be one of 'chat', 'models' \(got "fim"\)$/],
    ["a timeoutSeconds of 0", { timeoutSeconds: 0 }, /^timeoutSeconds: must be from 1 to 600 \(got 0\)$/],
    ["a timeoutSeconds of 3600", { timeoutSeconds: 3600 }, /^timeoutSeconds: must be from 1 to 600 \(got 3600\)$/],
    [
      "a deadline that is not a number",
      { timeoutSeconds: "5" },
      /^timeoutSeconds: must be a number of seconds \(got "5"\)$/,
    ],
    ["a maxAttempts of 0", { maxAttempts: 0 }, /^maxAttempts: must be from 1 to 10 \(got 0\)$/],
    ["a maxAttempts of 11", { maxAttempts: 11 }, /^maxAttempts: must be from 1 to 10 \(got 11\)$/],
    ["a maxAttempts of 1.5", { maxAttempts: 1.5 }, /^maxAttempts: must be a whole number \(got 1\.5\)$/],
    [
      "an input that does not exist",
      { apikey: "x" },
      /^apikey: is not an input of DeepSeekConnection; the inputs are apiKey, baseUrl/,
    ],
  ])("are refused with one clear sentence: %s", (_, wrong, expected) => {
    const problems = problemsOf({ ...least, ...wrong });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it("are refused with all problems at once", () => {
    const problems = problemsOf({ apiKey: "a b", displayName: "main", verify: "lax", maxAttempts: 0, region: "eu" });
    expect(problems.map((problem) => problem.split(":")[0]).sort()).toEqual([
      "apiKey",
      "maxAttempts",
      "region",
      "verify",
    ]);
  });

  it("may contain the key only in apiKey, since everything else is stored in plain text", () => {
    expect(problemsOf({ ...least, displayName: `the one with ${key}` })).toEqual([
      "displayName: contains an API key, which belongs only in apiKey",
    ]);
    const other = `sk-${"f".repeat(32)}`;
    expect(problemsOf({ ...least, allowedModels: [other] })).toEqual([
      "allowedModels[0]: contains an API key, which belongs only in apiKey",
    ]);
    const odd = String.raw`a\b\c-of-some-length`;
    expect(problemsOf({ apiKey: odd, displayName: `my ${odd}` })).toHaveLength(1);
  });

  it("may hold a header's value nowhere else, and no message shows one", () => {
    const value = "gateway token 0f1e2d3c4b5a";
    const headers = { "x-token": ` ${value}\n`, "x-provider": "deepseek", [key]: "x", "x-broken": `${value}\u0000` };
    const problems = problemsOf({
      ...least,
      headers,
      displayName: `of ${value}`,
      verify: value,
      allowedModels: ["deepseek"],
    });
    expect(problems).toEqual([
      "headers.x-broken: has a value with a line break or another character that a header cannot carry. Use printable " +
        "ASCII characters",
      `verify: must be one of 'standard', 'strict', 'none' (got "[redacted]")`,
      "displayName: contains the value of a header, which belongs only in headers",
      "headers.[redacted]: contains an API key, which belongs only in apiKey",
      "verify: contains the value of a header, which belongs only in headers",
    ]);
  });

  it("may hold the key and another key in the value of a header", () => {
    const headers = { "x-api-key": key, "x-other-key": `sk-${"f".repeat(32)}` };
    expect(parseInputs({ ...least, headers })).toMatchObject({ settings: { headers } });
  });

  it("have no headers if the object is empty", () => {
    expect(parseInputs({ ...least, headers: {} })).toMatchObject({ settings: { headers: undefined } });
  });

  it("may be plain http with allowInsecureHttp", () => {
    const gateway = { baseUrl: "http://gateway:4000/", allowInsecureHttp: true };
    expect(parseInputs({ ...least, ...gateway })).toMatchObject({ settings: { baseUrl: "http://gateway:4000" } });
    expect(parseInputs({ ...least, ...gateway, allowInsecureHttp: UNKNOWN })).toEqual({ type: "unknown" });
  });

  it("may contain a word that is also the short key of a local gateway", () => {
    const gateway = { apiKey: "local", displayName: "a local gateway", baseUrl: "http://localhost:4000" };
    expect(parseInputs(gateway).type).toBe("settings");
  });

  it("that contain the key are refused without showing it", () => {
    const wrong = {
      baseUrl: key,
      defaultModel: `${key}\nx`,
      verify: key,
      allowedModels: key,
      testCall: `x${key.slice(-8)}`,
    };
    const text = problemsOf({ ...least, apiKey: `${key} `, ...wrong }).join("\n");
    expect(text.match(/\(got /g)).toHaveLength(5);
    expect(text.match(/contains an API key/g)).toHaveLength(4);
    expect(text).not.toContain(key.slice(-8));
    expect(text).not.toContain(key.slice(3, 11));
  });
});

describe("inputs that are not known yet", () => {
  it.each([
    ["the key", { apiKey: UNKNOWN }],
    ["one allowed model", { allowedModels: ["a", UNKNOWN] }],
    ["a number", { timeoutSeconds: UNKNOWN }],
    ["a header", { headers: { a: "b", c: UNKNOWN } }],
  ])("give no settings: %s", (_, bag) => {
    expect(parseInputs({ ...least, ...bag })).toEqual({ type: "unknown" });
  });

  it("do not hide problems with the other inputs", () => {
    expect(problemsOf({ apiKey: UNKNOWN, displayName: "main", verify: "lax" })).toEqual([
      `verify: must be one of 'standard', 'strict', 'none' (got "lax")`,
    ]);
  });
});
