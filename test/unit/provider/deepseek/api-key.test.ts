import { afterEach, describe, expect, test, vi } from "vitest";
import { ambientKey, apiKeyProblem } from "../../../../provider/deepseek/api-key.ts";
import { freshKey } from "../../../support/keys.ts";

afterEach(() => void vi.unstubAllEnvs());

describe("a text used as a key", () => {
  test.each([
    ["the shape of DeepSeek's own keys", freshKey(), undefined],
    ["8,192 characters", "k".repeat(8_192), undefined],
    ["8,193 characters", "k".repeat(8_193), "api-key-too-long"],
    ["no characters", "", "api-key-empty"],
    ["'Bearer ' before it", `bearer ${freshKey()}`, "api-key-bearer"],
    ["typographic quotation marks", `“${freshKey()}”`, "api-key-quoted"],
    ["whitespace", `${freshKey()} ${freshKey()}`, "api-key-whitespace"],
    ["a letter beyond ASCII", `${freshKey()}é`, "api-key-characters"],
  ])("with %s", (_, text, expected) => {
    expect(apiKeyProblem(text)).toBe(expected);
  });
});

describe("the key in DEEPSEEK_API_KEY", () => {
  const key = freshKey();

  test.each([
    ["the default base URL", undefined, ` ${key}\n`, key],
    ["DeepSeek's host", "https://api.deepseek.com/v1", key, key],
    ["no other host", "https://gateway.example", key, undefined],
    ["no other host by plain http, which allowInsecureHttp would allow", "http://gateway:4000", key, undefined],
    ["no plain http to DeepSeek", "http://api.deepseek.com", key, undefined],
    ["a base URL that cannot be read", "api.deepseek.com", key, undefined],
    ["a blank variable", undefined, " ", undefined],
    ["a missing variable", undefined, undefined, undefined],
  ])("for %s", (_, baseUrl, value, expected) => {
    vi.stubEnv("DEEPSEEK_API_KEY", value);
    expect(ambientKey(baseUrl)).toBe(expected);
  });
});
