import type { z } from "zod";
import { containsKey, printable, redact, withoutCredentials } from "../provider/deepseek/redact.ts";
import { alarmKinds } from "./alarms/catalog.ts";
import { argumentsSchema, connectionFields, isDeferred } from "./schema.ts";

/** Where in the arguments something is. */
type Path = readonly PropertyKey[];

/** A place as a message names it. A key may have been put there as a name: then it is not shown. */
export function place(path: Path, keys: readonly string[]): string {
  return path.map((part) => withoutKeys(String(part), keys, 60)).join(".");
}

/** One sentence a problem, beginning with its place; none shows a key. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], given: unknown, keys: readonly string[]): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((name) => `${place([...issue.path, name], keys)}: ${stranger(issue.path)}`);
    }
    const value = issue.path.reduce<unknown>((bag, part) => (bag as Record<PropertyKey, unknown>)?.[part], given);
    const hidden = issue.path.at(-1) === "apiKey" || typeof value === "object" || value === undefined;
    return [`${place(issue.path, keys)}: ${issue.message}${hidden ? "" : got(value, keys)}`];
  });
}

/** What was given, for a message: short, without a key, which may have been put into the wrong argument. */
export function got(value: unknown, keys: readonly string[] = []): string {
  const text = withoutCredentials(String(JSON.stringify(value)));
  return ` (got ${withoutKeys(text, keys, 80)})`;
}

/** The places whose text holds a key: all but apiKey itself is stored and printed in clear. */
export function misplacedKeys(given: unknown, keys: readonly string[]): string[] {
  return [...clearTexts(given, [])]
    .filter(({ text }) => containsKey(text, keys))
    .map(({ path }) => `${place(path, keys)}: holds an API key, which belongs into apiKey alone`);
}

function* clearTexts(value: unknown, path: Path): Generator<{ readonly path: Path; readonly text: string }> {
  if (typeof value === "string") yield { path, text: value };
  if (typeof value !== "object" || value === null || isDeferred(value)) return;
  for (const [name, part] of Object.entries(value)) {
    if (name === "apiKey") continue;
    yield { path: [...path, name], text: name };
    yield* clearTexts(part, [...path, name]);
  }
}

/** The names that there are where an unknown one was given. */
function stranger(path: Path): string {
  const [first, second] = path;
  if (first === undefined) {
    return `is no argument of DeepSeekMonitor; the arguments are ${Object.keys(argumentsSchema.shape).join(", ")}`;
  }
  if (first === "alarms" && second === undefined) return `is no alarm; the alarms are ${alarmKinds.join(", ")}`;
  if (first === "alarms") return "is no setting of an alarm; the settings are enabled, severity, threshold";
  if (first === "notify") return "is not known; notify has emails, page, ticket";
  return `is no input of a connection; the inputs are ${connectionFields.join(", ")}`;
}

function withoutKeys(text: string, keys: readonly string[], max: number): string {
  return printable(
    keys.reduce((clear, key) => redact(clear, key), redact(text, "")),
    max,
  );
}
