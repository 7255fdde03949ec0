import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { MAX_REPLY_BYTES, readBody } from "../../../../provider/deepseek/body.ts";

/** A response with these chunks. `closing` says whether the reader has let it go. */
function respond(chunks: Iterable<Uint8Array>, headers: Readonly<Record<string, string>> = {}) {
  const closing = { isClosed: false };
  async function* body() {
    try {
      yield* chunks;
    } finally {
      closing.isClosed = true;
    }
  }
  return { status: 200, header: (name: string) => headers[name], body: body(), closing };
}

const read = (bytes: Uint8Array, headers?: Readonly<Record<string, string>>) => readBody(respond([bytes], headers));

function* repeated(count: number, chunk: Uint8Array = Buffer.alloc(64 * 1024, "a")): Generator<Uint8Array> {
  for (let sent = 0; sent < count; sent++) yield chunk;
}

async function* breaking(error: Error, ...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
  throw error;
}

const oversized = { type: "unreadable", reason: "oversized" };
const LIMIT = MAX_REPLY_BYTES / (64 * 1024);

describe("a body", () => {
  test("is read as UTF-8, characters across chunks included", async () => {
    const bytes = Buffer.from("余额");
    const chunks = [bytes.subarray(0, 4), bytes.subarray(4), Buffer.from([0xff])];
    expect(await readBody(respond(chunks))).toEqual({ type: "text", text: "余额\ufffd" });
  });

  test.each([
    ["its declared charset", Buffer.from("é", "latin1"), "text/plain; charset=iso-8859-1"],
    ["a quoted charset", Buffer.from("é", "latin1"), 'text/plain; charset="ISO-8859-1"; x=y'],
    ["UTF-8 for an unknown charset", Buffer.from("é"), "text/plain; charset=klingon"],
    ["UTF-8 without a charset", Buffer.from("é"), "text/plain"],
    ["its byte-order mark: UTF-8", Buffer.from("\ufeffé"), "text/plain; charset=utf-8"],
    ["its byte-order mark: UTF-16", Buffer.from("\ufeffé", "utf16le"), "text/plain; charset=utf-8"],
    ["its byte-order mark: UTF-16, big end first", Buffer.from("\ufeffé", "utf16le").swap16(), "text/plain"],
  ])("is decoded by %s", async (_, bytes, type) => {
    expect(await read(bytes, { "content-type": type })).toEqual({ type: "text", text: "é" });
  });

  test("may be as long as the limit, and is abandoned and closed beyond it", async () => {
    expect(await readBody(respond(repeated(LIMIT)))).toMatchObject({ type: "text" });
    const endless = respond(repeated(Number.POSITIVE_INFINITY));
    expect(await readBody(endless)).toEqual(oversized);
    expect(endless.closing.isClosed).toBe(true);
  });

  test.each(["zstd", "gzip, br", "?"])("in the encoding '%s' is abandoned and closed", async (encoding) => {
    const endless = respond(repeated(Number.POSITIVE_INFINITY), { "content-encoding": encoding });
    expect(await readBody(endless)).toEqual({ type: "unreadable", reason: "encoded" });
    expect(endless.closing.isClosed).toBe(true);
    const broken = { ...respond([], { "content-encoding": encoding }), body: breaking(new Error("broken")) };
    expect(await readBody(broken)).toEqual({ type: "unreadable", reason: "encoded" });
  });
});

describe("a compressed body", () => {
  const text = "{}".repeat(1_000);
  const encodings = [
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    [" GZIP ", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
  ] as const;

  test.each(encodings)("is decompressed: %s", async (encoding, compress) => {
    const bytes = compress(text);
    const pieces = [bytes.subarray(0, 5), bytes.subarray(5)];
    expect(await readBody(respond(pieces, { "content-encoding": encoding }))).toEqual({ type: "text", text });
  });

  test.each(encodings)("must not expand beyond the limit: %s", async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(100 * 1024 * 1024));
    expect(await read(bomb, { "content-encoding": encoding })).toEqual(oversized);
  });

  test("must not be longer than the limit before it is decompressed", async () => {
    // Empty members of gzip expand to nothing.
    const member = Buffer.concat(Array(3_000).fill(gzipSync("")));
    const endless = respond(repeated(Number.POSITIVE_INFINITY, member), { "content-encoding": "gzip" });
    expect(await readBody(endless)).toEqual(oversized);
    expect(endless.closing.isClosed).toBe(true);
  });

  test.each(["gzip", "br", "deflate"])("that is not in its encoding is an error: %s", async (encoding) => {
    await expect(read(Buffer.from("not compressed at all"), { "content-encoding": encoding })).rejects.toThrow();
  });

  test("that is cut off is an error", async () => {
    await expect(read(gzipSync(text).subarray(0, 20), { "content-encoding": "gzip" })).rejects.toThrow();
  });

  test("that is empty is an empty text", async () => {
    expect(await readBody(respond([], { "content-encoding": "deflate" }))).toEqual({ type: "text", text: "" });
  });

  test("reports the error that interrupts it", async () => {
    const cut = Object.assign(new Error("cut"), { code: "ECONNRESET" });
    const response = {
      ...respond([], { "content-encoding": "gzip" }),
      body: breaking(cut, gzipSync(text).subarray(0, 10)),
    };
    await expect(readBody(response)).rejects.toMatchObject({ code: "ECONNRESET" });
  });
});
