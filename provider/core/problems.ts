import { KnownSecrets, printable, withoutCredentials } from "../deepseek/redact.ts";
import { printed } from "./message-text.ts";

/** A problem with what a user wrote: a stable code for programs and documents, and a sentence for people. */
export interface Problem {
  readonly code: string;
  /** Starts with the place, such as `connections.prod.baseUrl`, and contains no part of a key and no header's value. */
  readonly text: string;
}

/** An issue as zod reports it. Our own rules add their message's code as a parameter. */
export interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

/** A place in what a user wrote. */
export type Path = readonly PropertyKey[];

/** What is wrong with an input or argument, by code, for ERRORS.md. The message itself comes from the input's rule. */
export const argumentProblems = {
  "argument-type": "It has the wrong type, such as a string instead of a number.",
  "argument-not-allowed": "It is not one of the values that the message lists.",
  "argument-format": "It has the wrong format, such as an invalid date or id.",
  "argument-out-of-range": "It is too small, too large, too long or empty.",
  "argument-unknown": "No input has this name. Check the spelling: the message lists all inputs.",
  "argument-duplicate": "It contains the same value more than once.",
  "argument-invalid": "It breaks a rule that the message explains.",
  "api-key-misplaced":
    "It contains an API key. All inputs except apiKey are stored and printed in clear text. Remove the key. If " +
    "it was ever deployed or committed, revoke it.",
  "header-value-misplaced":
    "It contains the value of a header. All inputs except apiKey and headers are stored and printed in clear text. " +
    "Remove it. If it was ever deployed or committed, and the value is a secret, replace the value.",
  "default-model-not-allowed": "defaultModel is not in allowedModels. Add it there, or choose another model.",
  "rotation-without-date":
    "rotateAfterDays requires keyCreatedAt. Set keyCreatedAt to the date on which the key was created.",
} as const;

type ArgumentProblem = keyof typeof argumentProblems;

/** Our codes for zod's own issues. */
const codesOfIssues: Readonly<Record<string, ArgumentProblem>> = {
  invalid_type: "argument-type",
  invalid_value: "argument-not-allowed",
  invalid_format: "argument-format",
  invalid_union: "argument-format",
  too_small: "argument-out-of-range",
  too_big: "argument-out-of-range",
};

/** For a text that is known to have none. */
const none = new KnownSecrets([]);

/**
 * Turns zod's issues into sentences: where, what is wrong, and what was given. It does not import zod, so that the
 * monitor's function can use it and still have a small bundle.
 *
 * @param given what the user wrote
 * @param secrets the secrets in it, which no sentence may contain
 * @param unknownName the text for an unknown name, given the path of the object that has it
 */
export function describeIssues(
  issues: readonly Issue[],
  given: unknown,
  secrets: KnownSecrets,
  unknownName: (path: Path) => string,
): Problem[] {
  return issues.flatMap(({ code = "", path, message, keys: names = [], params }) => {
    if (code === "unrecognized_keys") {
      return names.map((name) => problem("argument-unknown", [...path, name], unknownName(path), secrets));
    }
    const ownCode = typeof params?.["code"] === "string" ? params["code"] : (codesOfIssues[code] ?? "argument-invalid");
    return [problem(ownCode, path, message + got(valueAt(path, given), path, secrets), secrets)];
  });
}

/** Gives a place to issues about the whole of what a user wrote. An unknown name already is its own place. */
export function placedAt(whole: string, issues: readonly Issue[]): readonly Issue[] {
  return issues.map((issue) => ("keys" in issue || issue.path.length > 0 ? issue : { ...issue, path: [whole] }));
}

/** A problem at a place. A secret that was used as a property name is left out of the place. */
export function problem(code: string, path: Path, text: string, secrets = none): Problem {
  return { code, text: `${describePath(path, secrets)}: ${text}` };
}

/** The problems as one text, a line each. */
export function textOf(problems: readonly Problem[]): string {
  return problems.map(printed).join("\n");
}

/** A place as a message names it: `connections.prod.baseUrl`, `allowedModels[0]`. */
export function describePath(path: Path, secrets = none): string {
  const parts = path.map((part) =>
    typeof part === "number" ? `[${part}]` : `.${printable(secrets.redact(String(part)), 60)}`,
  );
  return parts.join("").replace(/^\./, "");
}

/** The given value, for a message: shortened, and without a secret that may have been put there by mistake. */
function got(value: unknown, path: Path, secrets: KnownSecrets): string {
  if (path.at(-1) === "apiKey" || path.includes("headers") || typeof value === "object" || value === undefined)
    return "";
  return ` (got ${printable(secrets.redact(withoutCredentials(String(JSON.stringify(value)))), 80)})`;
}

/**
 * The places that contain a secret but must not: everything except `apiKey` and `headers` is stored and printed in clear
 * text.
 */
export function misplacedSecrets(given: unknown, secrets: KnownSecrets): Problem[] {
  return [...clearTexts(given, [])].flatMap(({ path, text }) => {
    if (secrets.keyIsIn(text)) {
      return [problem("api-key-misplaced", path, "contains an API key, which belongs only in apiKey", secrets)];
    }
    if (!secrets.headerValueIsIn(text)) return [];
    const what = "contains the value of a header, which belongs only in headers";
    return [problem("header-value-misplaced", path, what, secrets)];
  });
}

function* clearTexts(value: unknown, path: Path): Generator<{ readonly path: Path; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  if (Array.isArray(value)) for (const [index, part] of value.entries()) yield* clearTexts(part, [...path, index]);
  else if (isPlainObject(value)) {
    for (const [name, part] of Object.entries(value)) {
      if (name === "apiKey") continue;
      yield { path: [...path, name], text: name };
      // The names of headers are printed, their values are not.
      if (path.at(-1) === "headers" && typeof part === "string") continue;
      yield* clearTexts(part, [...path, name]);
    }
  }
}

/** Excludes values that are resolved later, such as a Pulumi output or a promise. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function valueAt(path: Path, given: unknown): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], given);
}

/** The values of headers in what a user wrote, without those that are not known yet. */
export function headerValuesIn(headers: unknown): readonly string[] {
  if (!isPlainObject(headers)) return [];
  return Object.values(headers).flatMap((value) => (typeof value === "string" ? [value.trim()] : []));
}
