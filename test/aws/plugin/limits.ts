/** Checks of limits. Each returns a sentence with the value and the limit, or `undefined` if the value is valid or absent. */

export function longerThan(most: number, what: string, text: string | undefined): string | undefined {
  const length = text?.length ?? 0;
  return length > most ? `${what} has ${length} characters, AWS takes ${most}` : undefined;
}

export function heavierThan(most: number, what: string, text: string | undefined): string | undefined {
  const bytes = Buffer.byteLength(text ?? "");
  return bytes > most ? `${what} has ${bytes} bytes, AWS takes ${most}` : undefined;
}

export function moreThan(most: number, what: string, list: readonly unknown[] | undefined): string | undefined {
  return (list?.length ?? 0) > most ? `${what} are ${list?.length}, AWS takes ${most}` : undefined;
}

export function outside(least: number, most: number, what: string, value: number | undefined): string | undefined {
  if (value === undefined || (value >= least && value <= most)) return undefined;
  return `${what} is ${value}, AWS takes ${least} to ${most}`;
}

export function unlike(pattern: RegExp, what: string, text: string | undefined): string | undefined {
  return text === undefined || pattern.test(text) ? undefined : `${what} '${text}' does not match ${pattern.source}`;
}

export function notJson(what: string, text: string | undefined): string | undefined {
  try {
    JSON.parse(text ?? "null");
    return undefined;
  } catch {
    return `${what} is no JSON`;
  }
}
