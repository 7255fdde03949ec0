import * as z from "zod/mini";
import { apiKeyProblem } from "../../provider/deepseek/api-key.ts";
import { parseJson } from "../../provider/deepseek/document.ts";
import { headerIssues } from "../../provider/deepseek/headers.ts";
import { SecretUnreadableError } from "./secret-problems.ts";

/** What a secret contains for a connection. */
export interface Credentials {
  readonly apiKey: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Returns a key that is stored in a shard's secret, with its headers.
 *
 * @throws SecretUnreadableError if one of them cannot be sent
 */
export function ownCredentials(apiKey: string, headers: Readonly<Record<string, string>> | undefined): Credentials {
  return headers === undefined ? { apiKey: keyIn(apiKey, false) } : withHeaders({ apiKey, headers });
}

/**
 * Returns the key in the value of a user's own secret, and the headers if there are any: then the value is the JSON of an object
 * with both.
 *
 * @param field the property that contains it, if the value is a JSON object
 * @throws SecretUnreadableError if the value cannot be used; the message says why and does not contain the value
 */
export function credentialsIn(value: string, field: string | undefined): Credentials {
  const given = field === undefined ? value : propertyOf(value, field);
  const both = field === undefined ? parseJson(value) : given;
  if (typeof both === "object" && both !== null && "headers" in both) return withHeaders(both);
  return { apiKey: keyIn(given, field === undefined) };
}

function keyIn(given: unknown, isWholeSecret: boolean): string {
  if (typeof given !== "string") throw SecretUnreadableError.of("secret-key-not-text");
  const key = given.trim();
  if (isWholeSecret && /^[{[]/.test(key)) throw SecretUnreadableError.of("secret-field-needed");
  const problem = apiKeyProblem(key);
  if (problem !== undefined) throw SecretUnreadableError.ofKey(problem);
  return key;
}

const headersSchema = z.record(
  z.string(),
  z.pipe(
    z.string(),
    z.transform((text) => text.trim()),
  ),
);

function withHeaders({ apiKey, headers }: { readonly apiKey?: unknown; readonly headers?: unknown }): Credentials {
  const parsed = headersSchema.safeParse(headers);
  if (!parsed.success)
    throw SecretUnreadableError.of("secret-headers-invalid", { problem: "not an object of strings" });
  const [issue] = headerIssues(parsed.data);
  if (issue !== undefined) throw SecretUnreadableError.of("secret-headers-invalid", { problem: issue.code });
  return { apiKey: keyIn(apiKey, false), headers: parsed.data };
}

function propertyOf(value: string, field: string): unknown {
  const json = parseJson(value);
  if (typeof json !== "object" || json === null) throw SecretUnreadableError.of("secret-not-json");
  if (!Object.hasOwn(json, field)) throw SecretUnreadableError.of("secret-field-missing", { field });
  return (json as Readonly<Record<string, unknown>>)[field];
}
