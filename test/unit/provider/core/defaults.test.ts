import { afterEach, describe, expect, it, vi } from "vitest";
import { defaultsFor } from "../../../../provider/core/defaults.ts";
import { UNKNOWN } from "../../../../provider/core/values.ts";
import { exampleKey } from "../../../support/keys.ts";

const gateway = "https://gateway.example/v1";
const configured = { value: exampleKey, from: "configuration" } as const;

afterEach(() => vi.unstubAllEnvs());

describe("a configured key", () => {
  it.each([
    ["no base URL anywhere", {}, {}],
    ["the default, written out", { baseUrl: "https://api.deepseek.com/" }, {}],
    ["the configured base URL", {}, { baseUrl: gateway }],
    ["a configured base URL that is not known yet", {}, { baseUrl: UNKNOWN }],
    ["the configured base URL, written differently", { baseUrl: ` ${gateway}/` }, { baseUrl: gateway }],
    ["plain http, which the connection may allow", { baseUrl: "http://10.0.0.1/" }, { baseUrl: "http://10.0.0.1" }],
  ])("is used with %s", (_, given, more) => {
    expect(defaultsFor(given, { apiKey: exampleKey, ...more }).apiKey).toEqual(configured);
  });

  it.each([
    ["the connection's own base URL", { baseUrl: gateway }, {}],
    [
      "DeepSeek, if it is configured for another service",
      { baseUrl: "https://api.deepseek.com" },
      { baseUrl: gateway },
    ],
    ["an invalid base URL", { baseUrl: "gateway" }, {}],
    ["a base URL of the wrong type", { baseUrl: 7 }, { baseUrl: gateway }],
  ])("is not used with %s", (_, given, more) => {
    vi.stubEnv("DEEPSEEK_API_KEY", exampleKey);
    const defaults = defaultsFor(given, { apiKey: exampleKey, ...more });
    expect(defaults).toMatchObject({ isKeyWithheld: true });
    expect(defaults).not.toHaveProperty("apiKey");
  });

  it("is not known yet if a base URL is not", () => {
    const unknown = { value: UNKNOWN, from: "configuration" };
    expect(defaultsFor({ baseUrl: UNKNOWN }, { apiKey: exampleKey }).apiKey).toEqual(unknown);
    expect(defaultsFor({ baseUrl: gateway }, { apiKey: exampleKey, baseUrl: UNKNOWN }).apiKey).toEqual(unknown);
    expect(defaultsFor({ baseUrl: UNKNOWN }, { apiKey: exampleKey, baseUrl: UNKNOWN }).apiKey).toEqual(unknown);
  });

  it("is not used if the connection sets its own", () => {
    expect(defaultsFor({ apiKey: exampleKey }, { apiKey: "another" })).toEqual({});
  });
});

describe("a key from the environment", () => {
  it("is used with DeepSeek's own host only", () => {
    expect(defaultsFor({}, {})).toEqual({});
    vi.stubEnv("DEEPSEEK_API_KEY", exampleKey);
    expect(defaultsFor({}, {})).toEqual({ apiKey: { value: exampleKey, from: "environment" } });
    expect(defaultsFor({}, { baseUrl: gateway })).toEqual({ baseUrl: gateway });
    expect(defaultsFor({ baseUrl: gateway }, {})).toEqual({});
    expect(defaultsFor({ baseUrl: UNKNOWN }, {})).toEqual({});
  });
});

it("a configured base URL and strictness are passed on", () => {
  expect(defaultsFor({}, { baseUrl: gateway, verify: "none" })).toEqual({ baseUrl: gateway, verify: "none" });
});
