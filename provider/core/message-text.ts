/**
 * A message in one of the tables by code, from which the page of errors is made. Its text has a placeholder such as ‹status›
 * where a value goes: the page prints it as it is.
 */
export interface MessageText {
  /** What is wrong. */
  readonly text: string;
  /** What to do about it, as an imperative; absent where the text says so. */
  readonly remedy?: string;
}

/** The values for a text's placeholders, by their names. */
type Values<Text extends string> = Readonly<Record<PlaceholderIn<Text>, string | number>>;

type PlaceholderIn<Text extends string> = Text extends `${string}‹${infer Name}›${infer Rest}`
  ? Name | PlaceholderIn<Rest>
  : never;

/** The values as an argument that is needed where the text has placeholders, and can be left out elsewhere. */
export type ValuesArgument<Text extends string> = [PlaceholderIn<Text>] extends [never] ? [] : [Values<Text>];

/** Puts values into a text's placeholders. */
export function fill(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return text.replaceAll(/‹([^›]*)›/g, (placeholder, name: string) => String(values[name] ?? placeholder));
}

/** A message as it is printed: with its code, which the page of errors explains. */
export function printed({ code, text }: { readonly code: string; readonly text: string }): string {
  return `${text} [${code}]`;
}
