import { describe, expect, test } from "vitest";
import { credentialsIn } from "../../../../monitor/lambda/credentials.ts";
import { SecretUnreadableError, secretProblems } from "../../../../monitor/lambda/secret-problems.ts";
import { exampleKey as key } from "../../../support/keys.ts";

test.each([
  ["the whole value", key, undefined],
  ["the value without the line break that an editor added", `${key}\n`, undefined],
  ["a property of a JSON object", JSON.stringify({ other: 1, prod: key }), "prod"],
  ["a property with the name of an inherited one", JSON.stringify({ constructor: key }), "constructor"],
])("a key is %s", (_, value, field) => {
  expect(credentialsIn(value, field)).toEqual({ apiKey: key });
});

test.each([
  ["", undefined, "api-key-empty"],
  [" \n\t", undefined, "api-key-empty"],
  [`${key}\n${key}`, undefined, "api-key-whitespace"],
  [`Bearer ${key}`, undefined, "api-key-bearer"],
  [`"${key}"`, undefined, "api-key-quoted"],
  [`${key}\u0000`, undefined, "api-key-characters"],
  [`${key}ключ`, undefined, "api-key-characters"],
  ["k".repeat(8_193), undefined, "api-key-too-long"],
  [JSON.stringify({ key }), undefined, "secret-field-needed"],
  [`[${key}]`, undefined, "secret-field-needed"],
  [key, "prod", "secret-not-json"],
  [`{"prod": "${key}`, "prod", "secret-not-json"],
  ["null", "prod", "secret-not-json"],
  [JSON.stringify(key), "prod", "secret-not-json"],
  [JSON.stringify({ test: key }), "prod", "secret-field-missing"],
  ["{}", "constructor", "secret-field-missing"],
  [JSON.stringify({ prod: { key } }), "prod", "secret-key-not-text"],
  [JSON.stringify({ prod: 7 }), "prod", "secret-key-not-text"],
  [JSON.stringify({ prod: "" }), "prod", "api-key-empty"],
])("a value that contains no key is reported without the value: %j", (value, field, code) => {
  expect(() => credentialsIn(value, field)).toThrow(SecretUnreadableError);
  try {
    credentialsIn(value, field);
  } catch (error) {
    expect(JSON.stringify(error) + String(error)).not.toContain(key.slice(4, 12));
    expect(error).toMatchObject({ code, reason: "UnusableValue", mayPass: false });
  }
});

test("a message names the missing property, and what to do", () => {
  expect(() => credentialsIn("{}", "prod")).toThrow("UnusableValue: the secret's JSON object has no property 'prod'.");
  expect(() => credentialsIn("{}", undefined)).toThrow(
    "UnusableValue: the secret contains JSON, but secretField is not set. Set secretField to the name of the property that contains the key.",
  );
  expect(() => credentialsIn(" ", undefined)).toThrow("UnusableValue: the key in the secret is empty.");
});

test.each(Object.entries(secretProblems))("the message of '%s' has whole sentences", (code, { text, ...problem }) => {
  expect(code).toMatch(/^[a-z]+(-[a-z]+)+$/);
  expect(text).toMatch(/^[a-zA-Z].*\.$/);
  if ("remedy" in problem) expect(problem.remedy).toMatch(/^[A-Z].*\.$/);
});

describe("a secret with headers", () => {
  const both = { apiKey: key, headers: { "x-team": "7", "x-token": "0f1e2d3c" } };

  test("is the JSON of an object with both, or a property of a JSON object", () => {
    expect(credentialsIn(JSON.stringify(both), undefined)).toEqual(both);
    expect(credentialsIn(JSON.stringify({ prod: both, test: key }), "prod")).toEqual(both);
    expect(credentialsIn(JSON.stringify({ prod: both, test: key }), "test")).toEqual({ apiKey: key });
    const spaced = { apiKey: `${key}\n`, headers: { "x-team": " 7\n" } };
    expect(credentialsIn(JSON.stringify(spaced), undefined)).toEqual({ apiKey: key, headers: { "x-team": "7" } });
  });

  test.each([
    [{ headers: {} }, "secret-key-not-text"],
    [{ apiKey: "a b", headers: {} }, "api-key-whitespace"],
    [{ apiKey: key, headers: "x-team: 7" }, "secret-headers-invalid"],
    [{ apiKey: key, headers: { "x-team": 7 } }, "secret-headers-invalid"],
    [{ apiKey: key, headers: { Authorization: "0f1e2d3c4b5a" } }, "secret-headers-invalid"],
    [{ apiKey: key, headers: { "x-team": "0f1e2d3c4b5a\nHost: x" } }, "secret-headers-invalid"],
  ])("that cannot be used is reported without a value: %j", (value, code) => {
    for (const [text, field] of [
      [JSON.stringify(value), undefined],
      [JSON.stringify({ prod: value }), "prod"],
    ] as const) {
      try {
        credentialsIn(text, field);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code, reason: "UnusableValue", mayPass: false });
        expect(JSON.stringify(error) + String(error)).not.toMatch(/0f1e2d3c|456789ab/);
      }
    }
  });
});
