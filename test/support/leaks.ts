/** Something that is written or shown, and what it holds. */
export type Sink = readonly [name: string, content: string | Buffer];

type Form = readonly [name: string, encode: (text: string) => readonly string[]];

const forms: readonly Form[] = [
  ["plain", (text) => [text]],
  ["hex", (text) => [Buffer.from(text).toString("hex")]],
  ["base64", (text) => [0, 1, 2].map((shift) => base64Core(text, shift, "base64"))],
  ["base64url", (text) => [0, 1, 2].map((shift) => base64Core(text, shift, "base64url"))],
  ["JSON-escaped", (text) => [json(text), goJson(text)]],
  // As in a JSON text that is a string of another one: a state in a log, a plan's inputs.
  ["JSON-escaped twice", (text) => [json(json(text)), goJson(goJson(text)), goJson(json(text))]],
  ["JSON-escaped throughout", (text) => [each(text, (code) => `\\u${code.padStart(4, "0")}`)]],
  ["percent-encoded", (text) => [encodeURIComponent(text), encodeURI(text), formEncoded(text)]],
  ["percent-encoded throughout", (text) => [each(text, (code) => `%${code}`)]],
];

/**
 * Looks for a key wherever it must not be: whole, by its first 12 characters after `sk-` and by its last 8, each as it is
 * and in every form that a console, a log or a state could give it. Case never matters: whoever has the key in the wrong
 * case has it.
 *
 * @returns a line for each find, "form of part in sink", without anything of the key
 */
export function findLeaks(key: string, sinks: Iterable<Sink>): string[] {
  const needles = needlesOf(key);
  return [...sinks].flatMap(([name, content]) => {
    // Byte for byte, so that a key is found among bytes that are no text.
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
  // Many forms of a key without special characters are the same text: the first name stands for it.
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

/** The characters that are the same whatever stands before and behind, after `shift` bytes of something else. */
function base64Core(text: string, shift: number, encoding: "base64" | "base64url"): string {
  const bytes = Buffer.from("-".repeat(shift) + text);
  const whole = Math.floor((bytes.length * 8) / 6);
  return bytes.toString(encoding).slice(Math.ceil((shift * 8) / 6), whole);
}

function json(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Go's encoder, hence the engine's, escapes what is special in HTML too. */
function goJson(text: string): string {
  return json(text).replace(/[<>&]/g, (character) => each(character, (code) => `\\u00${code}`));
}

/** As in a form's body, where all but letters, digits and `*-._` is encoded. */
function formEncoded(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}

function each(text: string, encode: (code: string) => string): string {
  return [...Buffer.from(text)].map((byte) => encode(byte.toString(16).padStart(2, "0"))).join("");
}
