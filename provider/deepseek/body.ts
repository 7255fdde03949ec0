import { pipeline, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";
import type { HttpResponse } from "./http.ts";

/** Largest reply that is read, in bytes, as it is sent and after decompression: several thousand described models. */
export const MAX_REPLY_BYTES = 2 * 1024 * 1024;

/** Why a body has no text. */
type Unreadable = "oversized" | "encoded";

export type Body =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "unreadable"; readonly reason: Unreadable };

/**
 * Reads a response's body as text. A body in one of the encodings gzip, deflate or br is decompressed, although
 * `identity` was requested: some gateways compress anyway. A body that is too large or in another encoding is abandoned,
 * and its connection closed.
 *
 * @throws Error from the transport or, with a code that starts with `Z_`, for a broken compressed body
 */
export async function readBody({ header, body }: HttpResponse): Promise<Body> {
  const encoding = header("content-encoding")?.trim().toLowerCase() ?? "";
  const plain = encoding === "" || encoding === "identity" ? body : decompressed(body, encoding);
  if (plain === undefined) {
    await discard(body);
    return { type: "unreadable", reason: "encoded" };
  }
  const chunks: Uint8Array[] = [];
  // Not by `limited`: another generator makes each call a tenth slower (`npm run bench:probe`).
  let size = 0;
  try {
    for await (const chunk of plain) {
      size += chunk.byteLength;
      // Leaving the loop destroys the body and its connection.
      if (size > MAX_REPLY_BYTES) return { type: "unreadable", reason: "oversized" };
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof OversizedError) return { type: "unreadable", reason: "oversized" };
    throw error;
  }
  return { type: "text", text: decoded(Buffer.concat(chunks), header("content-type")) };
}

/** Discards a body. An ignored body that breaks off later would raise an uncaught exception. */
async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const _ of body) return;
  } catch {
    // The body is not needed.
  }
}

/** Thrown if a compressed body is longer than `MAX_REPLY_BYTES` before decompression. */
class OversizedError extends Error {}

/** The body after decompression; nothing if the encoding is not supported. */
function decompressed(body: AsyncIterable<Uint8Array>, encoding: string): AsyncIterable<Uint8Array> | undefined {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return through(limited(body), createGunzip());
    case "br":
      return through(limited(body), createBrotliDecompress());
    case "deflate":
      return inflated(limited(body));
    default:
      return undefined;
  }
}

/** Servers send deflate with and without the header of zlib, whose first byte ends in 8. */
async function* inflated(body: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await body.next();
  if (first.done === true) return;
  const start = first.value;
  const hasHeader = (Number(start[0]) & 0x0f) === 8;
  async function* whole() {
    yield start;
    yield* body;
  }
  yield* through(whole(), hasHeader ? createInflate() : createInflateRaw());
}

/** The decoder reports errors of the body too. */
function through(body: AsyncIterable<Uint8Array>, decoder: Transform): AsyncIterable<Uint8Array> {
  pipeline(body, decoder, () => {});
  return decoder;
}

async function* limited(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_REPLY_BYTES) throw new OversizedError();
    yield chunk;
  }
}

const utf8 = new TextDecoder();

/** Decodes a text by its byte-order mark, which is dropped, or by its declared charset. The default is UTF-8. */
function decoded(bytes: Uint8Array, contentType = ""): string {
  const charset = markedCharset(bytes) ?? /charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1] ?? "utf-8";
  if (/^utf-?8$/i.test(charset)) return utf8.decode(bytes);
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // Not a charset that Node knows.
    return utf8.decode(bytes);
  }
}

function markedCharset([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : undefined;
}
