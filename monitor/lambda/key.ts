import { parseJson } from "../../provider/deepseek/replies.ts";
import { SecretUnreadableError } from "./secrets.ts";

/** Longest key, in characters: gateways hand out tokens of several hundred. */
const MAX_LENGTH = 8_192;

/**
 * The key in a secret's value.
 *
 * @param field the property that holds it, if the value is a JSON object
 * @throws SecretUnreadableError if there is no text that can be a key; the message says what is wrong without the value
 */
export function keyIn(value: string, field: string | undefined): string {
  const text = field === undefined ? value : propertyOf(value, field);
  if (typeof text !== "string") throw unusable("the key in it is not a text.");
  const key = text.trim();
  if (key.length > MAX_LENGTH) throw unusable(`the key in it is longer than ${MAX_LENGTH} characters.`);
  if (key === "") throw unusable("the key in it is blank.");
  if (field === undefined && /^[{[]/.test(key)) throw unusable("it holds JSON: name the property that is the key.");
  if (/\s/.test(key)) throw unusable("the key in it holds a blank or a line break: store the key alone.");
  if (!/^[\x21-\x7e]+$/.test(key)) throw unusable("the key in it holds a character that no key has.");
  if (/['"`]/.test(key)) throw unusable("the key in it holds a quotation mark: store the key alone.");
  return key;
}

function propertyOf(value: string, field: string): unknown {
  const json = parseJson(value);
  if (typeof json !== "object" || json === null) throw unusable("it holds no JSON object.");
  if (!Object.hasOwn(json, field)) throw unusable(`its JSON object has no property '${field}'.`);
  return (json as Readonly<Record<string, unknown>>)[field];
}

function unusable(explanation: string): SecretUnreadableError {
  return new SecretUnreadableError("UnusableValue", explanation, { mayPass: false });
}
