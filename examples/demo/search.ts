/** A file, and how often the texts occur in it. */
export interface Searched {
  readonly path: string;
  readonly bytes: number;
  readonly occurrences: number;
}

/** Counts texts in files. */
export function search(files: ReadonlyMap<string, Buffer>, texts: readonly string[]): readonly Searched[] {
  return [...files].map(([path, content]) => {
    const occurrences = texts.map((text) => count(content, text)).reduce((sum, each) => sum + each, 0);
    return { path, bytes: content.length, occurrences };
  });
}

/** A secret in the forms in which a file could contain it: plain, in hex, and in base64 at any offset. */
export function disguises(secret: string): readonly string[] {
  const encoded = [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.from("-".repeat(before) + secret);
    // Only whole groups of three bytes of the secret: the encoding of the others depends on the text around it.
    const whole = bytes.subarray(before === 0 ? 0 : 3, bytes.length - (bytes.length % 3));
    return [whole.toString("base64"), whole.toString("base64url")];
  });
  return [...new Set([secret, Buffer.from(secret).toString("hex"), ...encoded])];
}

function count(content: Buffer, text: string): number {
  let found = 0;
  for (let at = content.indexOf(text); at !== -1; at = content.indexOf(text, at + 1)) found += 1;
  return found;
}
