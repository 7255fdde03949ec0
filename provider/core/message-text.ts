/**
 * A message in one of the tables by code, from which ERRORS.md is generated. Its text has a placeholder for each value,
 * such as ‹status›; ERRORS.md shows the placeholder.
 */
export interface MessageText {
  /** What is wrong. */
  readonly text: string;
  /** What to do about it, as an imperative; absent if the text already says so. */
  readonly remedy?: string;
}

/** The values for a text's placeholders, by their names. */
type Values<Text extends string> = Readonly<Record<PlaceholderIn<Text>, string | number>>;

type PlaceholderIn<Text extends string> = Text extends `${string}‹${infer Name}›${infer Rest}`
  ? Name | PlaceholderIn<Rest>
  : never;

/** The values as an argument, which is required if the text has placeholders. */
export type ValuesArgument<Text extends string> = [PlaceholderIn<Text>] extends [never] ? [] : [Values<Text>];

/** Replaces a text's placeholders by values. */
export function fill(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return text.replaceAll(/‹([^›]*)›/g, (placeholder, name: string) => String(values[name] ?? placeholder));
}

/** A message as it is printed: with its code, which ERRORS.md explains. */
export function printed({ code, text }: { readonly code: string; readonly text: string }): string {
  return `${text} [${code}]`;
}
