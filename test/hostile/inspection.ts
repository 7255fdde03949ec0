import { findLeaks } from "../support/leaks.ts";
import { readings } from "./echoes.ts";

/** Maximum length of a text made from a reply, in characters: our sentence with a message of the service. */
const MAX_TEXT = 1_000;

/**
 * Returns the problems of something that is shown, stored or written: a part of the key in any form, control characters,
 * texts that are too long.
 */
export function problemsOf(shown: unknown, key: string): string[] {
  const texts = [...textsIn(shown)];
  const unprintable = texts.filter((text) => /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/u.test(text));
  const long = texts.filter((text) => text.length > MAX_TEXT);
  return [
    ...findLeaks(key, [["what is shown", readings(JSON.stringify(shown))]]),
    ...unprintable.map((text) => `unprintable: ${JSON.stringify(text.slice(0, 80))}`),
    ...long.map((text) => `${text.length} characters: ${JSON.stringify(text.slice(0, 80))}`),
  ];
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    yield name;
    yield* textsIn(part);
  }
}
