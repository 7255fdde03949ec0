import { expect, test } from "vitest";
import { keyIn, SecretUnreadableError } from "../../../../monitor/lambda/secrets.ts";

const key = "sk-0123456789abcdef0123456789abcdef";

test.each([
  ["the whole value", key, undefined],
  ["the value without the line break that an editor added", `${key}\n`, undefined],
  ["a property of a JSON object", JSON.stringify({ other: 1, prod: key }), "prod"],
  ["a property whose name objects have by themselves", JSON.stringify({ constructor: key }), "constructor"],
])("a key is %s", (_, value, field) => {
  expect(keyIn(value, field)).toBe(key);
});

test.each([
  ["", undefined, "is blank"],
  [" \n\t", undefined, "is blank"],
  [`${key}\n${key}`, undefined, "a line break"],
  [`Bearer ${key}`, undefined, "holds a blank"],
  [`"${key}"`, undefined, "quotation mark"],
  [`${key}\u0000`, undefined, "a character that no key has"],
  [`${key}ключ`, undefined, "a character that no key has"],
  ["k".repeat(8_193), undefined, "longer than 8192"],
  [JSON.stringify({ key }), undefined, "name the property"],
  [`[${key}]`, undefined, "name the property"],
  [key, "prod", "no JSON object"],
  [`{"prod": "${key}`, "prod", "no JSON object"],
  ["null", "prod", "no JSON object"],
  [JSON.stringify(key), "prod", "no JSON object"],
  [JSON.stringify({ test: key }), "prod", "no property 'prod'"],
  ["{}", "constructor", "no property 'constructor'"],
  [JSON.stringify({ prod: { key } }), "prod", "not a text"],
  [JSON.stringify({ prod: 7 }), "prod", "not a text"],
  [JSON.stringify({ prod: "" }), "prod", "is blank"],
])("a value that holds no key is told without itself: %j", (value, field, problem) => {
  expect(() => keyIn(value, field)).toThrow(SecretUnreadableError);
  expect(() => keyIn(value, field)).toThrow(problem);
  try {
    keyIn(value, field);
  } catch (error) {
    expect(JSON.stringify(error) + String(error)).not.toContain(key.slice(4, 12));
    expect(error).toMatchObject({ reason: "UnusableValue", mayPass: false });
  }
});
