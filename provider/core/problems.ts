import { containsKey, printable, redact, withoutCredentials } from "../deepseek/redact.ts";

/** Something that is wrong with what a user wrote: a stable code for programs and pages, and a sentence for people. */
export interface Problem {
  readonly code: string;
  /** Begins with the place, such as `connections.prod.baseUrl`, and contains no part of a key. */
  readonly text: string;
}

/** An issue as zod reports it. A rule of ours adds the code of its message as a parameter. */
export interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

/** Where something is in what a user wrote. */
export type Path = readonly PropertyKey[];

/** What is wrong with an input or an argument, by code, for the page of errors. Its own rule gives each its words. */
export const argumentProblems = {
  "argument-type": "It has another type than it must have, such as a text instead of a number.",
  "argument-not-allowed": "It is not one of the values that are listed.",
  "argument-format": "It is not written as it must be, such as a date or an id.",
  "argument-out-of-range": "It is too small, too large, too long or empty.",
  "argument-unknown":
    "There is no input of this name: mostly a mistyped one, in JavaScript. Those that exist are listed.",
  "argument-duplicate": "It contains something more than once.",
  "argument-invalid": "It does not follow its rule, which the message gives.",
  "api-key-misplaced":
    "It contains an API key. All inputs but apiKey are stored and printed in clear text. If it was ever deployed or " +
    "committed, revoke the key.",
  "default-model-not-allowed":
    "defaultModel and allowedModels disagree: add the model to allowedModels, or take another.",
  "rotation-without-date": "An age needs a beginning: set keyCreatedAt.",
} as const;

type ArgumentProblem = keyof typeof argumentProblems;

/** The codes of zod's own issues. */
const codesOfIssues: Readonly<Record<string, ArgumentProblem>> = {
  invalid_type: "argument-type",
  invalid_value: "argument-not-allowed",
  invalid_format: "argument-format",
  invalid_union: "argument-format",
  too_small: "argument-out-of-range",
  too_big: "argument-out-of-range",
};

/**
 * Turns zod's issues into sentences: where, what is wrong, and what was given. It needs nothing of zod, so that the
 * function's small bundle can use it too.
 *
 * @param given what the user wrote
 * @param keys the API keys in it, which no sentence may show
 * @param unknownName what to say of a name that is not known, by the place of the object that has it
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

/** A problem at a place. A key may have been put there as a name: then the place does not show it. */
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

/** What was given, for a message: short, without a key, which may have been put into the wrong place. */
function got(value: unknown, path: Path, keys: readonly string[]): string {
  if (path.at(-1) === "apiKey" || typeof value === "object" || value === undefined) return "";
  return ` (got ${withoutKeys(withoutCredentials(String(JSON.stringify(value))), keys, 80)})`;
}

/** The places whose text contains a key: everything but `apiKey` itself is stored and printed in clear text. */
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

/** Not a value that comes later, such as an output of Pulumi's or a promise. */
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
