import { expect, test } from "vitest";
import { keyIn, SecretUnreadableError, secretProblems } from "../../../../monitor/lambda/secrets.ts";
import { exampleKey as key } from "../../../support/keys.ts";

test.each([
  ["the whole value", key, undefined],
  ["the value without the line break that an editor added", `${key}\n`, undefined],
  ["a property of a JSON object", JSON.stringify({ other: 1, prod: key }), "prod"],
  ["a property with the name of an inherited one", JSON.stringify({ constructor: key }), "constructor"],
])("a key is %s", (_, value, field) => {
  expect(keyIn(value, field)).toBe(key);
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
  expect(() => keyIn(value, field)).toThrow(SecretUnreadableError);
  try {
    keyIn(value, field);
  } catch (error) {
    expect(JSON.stringify(error) + String(error)).not.toContain(key.slice(4, 12));
    expect(error).toMatchObject({ code, reason: "UnusableValue", mayPass: false });
  }
});

test("a message names the missing property, and what to do", () => {
  expect(() => keyIn("{}", "prod")).toThrow("UnusableValue: the secret's JSON object has no property 'prod'.");
  expect(() => keyIn("{}", undefined)).toThrow(
    "UnusableValue: the secret contains JSON, but secretField is not set. Set secretField to the name of the property that contains the key.",
  );
  expect(() => keyIn(" ", undefined)).toThrow("UnusableValue: the key in the secret is empty.");
});

test.each(Object.entries(secretProblems))("the message of '%s' has whole sentences", (code, { text, ...problem }) => {
  expect(code).toMatch(/^[a-z]+(-[a-z]+)+$/);
  expect(text).toMatch(/^[a-zA-Z].*\.$/);
  if ("remedy" in problem) expect(problem.remedy).toMatch(/^[A-Z].*\.$/);
});
