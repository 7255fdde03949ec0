const base64 = (text: string) => Buffer.from(text).toString("base64");
const escaped = (text: string, mark: string) =>
  text.replace(/./g, (character) => mark + character.charCodeAt(0).toString(16));

/** The forms in which a service or a proxy may echo a key. */
export const echoes: Readonly<Record<string, (key: string) => string>> = {
  plain: (key) => key,
  capitals: (key) => key.toUpperCase(),
  end: (key) => `****${key.slice(-8)}`,
  base64,
  "base64 of credentials": (key) => base64(`u:${key}`),
  base64url: (key) => Buffer.from(`:${key}`).toString("base64url"),
  hex: (key) => Buffer.from(key).toString("hex"),
  "escaped for a URL": (key) => escaped(key, "%"),
  "escaped for a URL twice": (key) => escaped(key, "%25"),
  "escaped for JSON": (key) => escaped(key, "\\u00"),
  "split by hyphens": (key) => key.replace(/..../g, "$&-"),
  "letter by letter": (key) => [...key].join("."),
  "with blanks": (key) => [...key].join(" "),
  "with invisible marks": (key) => [...key].join("\u200b"),
};

/** All forms of a text in which a key could be found: unchanged, unescaped, and without separators. */
export function readings(text: string): string {
  let plain = text;
  for (let pass = 0; pass < 3; pass++) {
    plain = plain.replace(/(?:%|\\+u00)(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  return [text, plain, plain.replace(/[^\p{L}\p{N}]/gu, "")].join("\n");
}
