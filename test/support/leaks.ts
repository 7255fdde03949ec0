/** The name and content of something that is stored or shown. */
export type Sink = readonly [name: string, content: string | Buffer];

type Form = readonly [name: string, encode: (text: string) => readonly string[]];

const forms: readonly Form[] = [
  ["plain", (text) => [text]],
  ["hex", (text) => [Buffer.from(text).toString("hex")]],
  ["base64", (text) => [0, 1, 2].map((shift) => base64Core(text, shift, "base64"))],
  ["base64url", (text) => [0, 1, 2].map((shift) => base64Core(text, shift, "base64url"))],
  ["JSON-escaped", (text) => [json(text), goJson(text)]],
  // A JSON text inside a string of another one, such as a state in a log or a plan's inputs.
  ["JSON-escaped twice", (text) => [json(json(text)), goJson(goJson(text)), goJson(json(text))]],
  ["JSON-escaped throughout", (text) => [each(text, (code) => `\\u${code.padStart(4, "0")}`)]],
  ["percent-encoded", (text) => [encodeURIComponent(text), encodeURI(text), formEncoded(text)]],
  ["percent-encoded throughout", (text) => [each(text, (code) => `%${code}`)]],
];

/**
 * Searches for a key where it must not be: the whole key, its first 12 characters after `sk-` and its last 8, in plain text
 * and in every form that a console, a log or a state can contain. Ignores case, since a key in the wrong case is also a
 * leak.
 *
 * @returns a line for each match, "part, form, in sink", without any part of the key
 */
export function findLeaks(key: string, sinks: Iterable<Sink>): string[] {
  const needles = needlesOf(key);
  return [...sinks].flatMap(([name, content]) => {
    // One character for each byte, so that a key is found in binary data.
    const text = (typeof content === "string" ? content : content.toString("latin1")).toLowerCase();
    return needles.filter(({ needle }) => text.includes(needle)).map(({ label }) => `${label} in ${name}`);
  });
}

function needlesOf(key: string): readonly { readonly needle: string; readonly label: string }[] {
  const parts = {
    "the key": key,
    "its first characters": key.replace(/^sk-/, "").slice(0, 12),
    "its end": key.slice(-8),
  };
  // Many forms of a key without special characters are the same text. The first form names it.
  const labels = new Map<string, string>();
  for (const [part, text] of Object.entries(parts)) {
    for (const [form, encode] of forms) {
      for (const needle of encode(text).map((encoded) => encoded.toLowerCase())) {
        if (!labels.has(needle)) labels.set(needle, `${part}, ${form},`);
      }
    }
  }
  return [...labels].map(([needle, label]) => ({ needle, label }));
}

/** The base64 characters of a text after `shift` other bytes that do not depend on the bytes before and after it. */
function base64Core(text: string, shift: number, encoding: "base64" | "base64url"): string {
  const bytes = Buffer.from("-".repeat(shift) + text);
  const whole = Math.floor((bytes.length * 8) / 6);
  return bytes.toString(encoding).slice(Math.ceil((shift * 8) / 6), whole);
}

function json(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Go's encoder, which the engine uses, also escapes characters that are special in HTML. */
function goJson(text: string): string {
  return json(text).replace(/[<>&]/g, (character) => each(character, (code) => `\\u00${code}`));
}

/** As in a form's body, where everything except letters, digits and `*-._` is encoded. */
function formEncoded(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}

function each(text: string, encode: (code: string) => string): string {
  return [...Buffer.from(text)].map((byte) => encode(byte.toString(16).padStart(2, "0"))).join("");
}
