import { containsKey, printable, redact, withoutCredentials } from "../deepseek/redact.ts";

/** A problem with what a user wrote: a stable code for programs and documents, and a sentence for people. */
export interface Problem {
  readonly code: string;
  /** Starts with the place, such as `connections.prod.baseUrl`, and contains no part of a key. */
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

/**
 * Turns zod's issues into sentences: where, what is wrong, and what was given. It does not import zod, so that the
 * monitor's function can use it and still have a small bundle.
 *
 * @param given what the user wrote
 * @param keys the API keys in it, which no sentence may contain
 * @param unknownName the text for an unknown name, given the path of the object that has it
 */
export function describeIssues(
  issues: readonly Issue[],
  given: unknown,
  keys: readonly string[],
  unknownName: (path: Path) => string,
): Problem[] {
  return issues.flatMap(({ code = "", path, message, keys: names = [], params }) => {
    if (code === "unrecognized_keys") {
      return names.map((name) => problem("argument-unknown", [...path, name], unknownName(path), keys));
    }
    const ownCode = typeof params?.["code"] === "string" ? params["code"] : (codesOfIssues[code] ?? "argument-invalid");
    return [problem(ownCode, path, message + got(valueAt(path, given), path, keys), keys)];
  });
}

/** Gives a place to issues about the whole of what a user wrote. An unknown name already is its own place. */
export function placedAt(whole: string, issues: readonly Issue[]): readonly Issue[] {
  return issues.map((issue) => ("keys" in issue || issue.path.length > 0 ? issue : { ...issue, path: [whole] }));
}

/** A problem at a place. A key that was used as a property name is left out of the place. */
export function problem(code: string, path: Path, text: string, keys: readonly string[] = []): Problem {
  return { code, text: `${describePath(path, keys)}: ${text}` };
}

/** A place as a message names it: `connections.prod.baseUrl`, `allowedModels[0]`. */
export function describePath(path: Path, keys: readonly string[] = []): string {
  const parts = path.map((part) =>
    typeof part === "number" ? `[${part}]` : `.${withoutKeys(String(part), keys, 60)}`,
  );
  return parts.join("").replace(/^\./, "");
}

/** The given value, for a message: shortened, and without a key that may have been put there by mistake. */
function got(value: unknown, path: Path, keys: readonly string[]): string {
  if (path.at(-1) === "apiKey" || typeof value === "object" || value === undefined) return "";
  return ` (got ${withoutKeys(withoutCredentials(String(JSON.stringify(value))), keys, 80)})`;
}

/** The places that contain a key but must not: everything except `apiKey` is stored and printed in clear text. */
export function misplacedKeys(given: unknown, keys: readonly string[]): Problem[] {
  return [...clearTexts(given, [])]
    .filter(({ text }) => containsKey(text, keys))
    .map(({ path }) => problem("api-key-misplaced", path, "contains an API key, which belongs only in apiKey", keys));
}

function* clearTexts(value: unknown, path: Path): Generator<{ readonly path: Path; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  if (Array.isArray(value)) for (const [index, part] of value.entries()) yield* clearTexts(part, [...path, index]);
  else if (isPlainObject(value)) {
    for (const [name, part] of Object.entries(value)) {
      if (name === "apiKey") continue;
      yield { path: [...path, name], text: name };
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

function withoutKeys(text: string, keys: readonly string[], max: number): string {
  return printable(
    keys.reduce((clear, key) => redact(clear, key), redact(text, "")),
    max,
  );
}
