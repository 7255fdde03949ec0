import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as bodies from "../../../../provider/sandbox/recorded-bodies.ts";
import { ask, transports } from "./support/ask.ts";
import { tcpServer } from "./support/servers.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");
const ok = "HTTP/1.1 200 OK\r\n";
const chunked = `${ok}transfer-encoding: chunked\r\n\r\n`;
const sized = (body: string, status = "200 OK") =>
  `HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const replies: readonly Buffer[] = [
  sized(JSON.stringify(bodies.modelList)),
  sized(JSON.stringify(bodies.wrongKey("sk-1234", "1")), "401 Unauthorized"),
  sized(JSON.stringify(bodies.tooBusy), "503 Service Unavailable"),
  sized("", "307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/"),
  `${chunked}5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n`,
].map(bytes);

const hostile: readonly Buffer[] = [
  "",
  "\r\n\r\n",
  ok,
  "HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000),
  "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nx",
  "HTTP/1.1 99999 Odd\r\n\r\n",
  "HTTP/0.9 200 OK\r\n\r\n{}",
  `${ok}${"a: b\r\n".repeat(50_000)}`,
  `${ok}a: ${"b".repeat(1_000_000)}`,
  `${ok}content-length: 5\r\ncontent-length: 6\r\n\r\n{}`,
  `${ok}content-length: -1\r\n\r\n{}`,
  `${ok}content-length: 99999999999999999999\r\n\r\n{}`,
  `${ok}content-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}`,
  `${ok}content-encoding: br, zstd, x\r\ncontent-length: 2\r\n\r\n{}`,
  `${chunked}zz\r\n{}\r\n0\r\n\r\n`,
  `${chunked}-1\r\n{}\r\n0\r\n\r\n`,
  `${chunked}fffffffffffffffff\r\n{}`,
  `${chunked}5\r\n{}`,
  `${chunked}2\r\n{}\r\n0\r\n${"a: b\r\n".repeat(50_000)}`,
  sized(`{"data":${"[".repeat(250_000)}${"]".repeat(250_000)}}`),
  sized(`${'{"a":'.repeat(80_000)}1${"}".repeat(80_000)}`),
  sized('{"__proto__":{"data":[]},"constructor":{"prototype":{}},"data":[{"id":"__proto__"}]}'),
  sized('{"data":[{"id":"\\ud800"}]}'),
  sized("\xff\xfe\x00\xc3\x28"),
  sized("x".repeat(2 * 1024 * 1024)),
].map(bytes);

/** Overwrites, inserts and cuts a few bytes. */
const mutated = fc
  .tuple(
    fc.constantFrom(...replies),
    fc.array(fc.tuple(fc.nat(400), fc.constantFrom("set", "insert", "cut"), fc.uint8Array({ maxLength: 4 })), {
      maxLength: 4,
    }),
  )
  .map(([reply, changes]) =>
    changes.reduce<Buffer>((now, [place, change, piece]) => {
      const at = place % (now.length + 1);
      if (change === "cut") return now.subarray(0, at);
      return Buffer.concat([now.subarray(0, at), piece, now.subarray(change === "set" ? at + piece.length : at)]);
    }, reply),
  );

const anyBytes = fc.oneof(
  { weight: 3, arbitrary: mutated },
  { weight: 2, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 500 }) },
);

// Vitest fails the run on an unhandled rejection or exception.
describe.concurrent.each(transports)("over %s, with arbitrary bytes as reply", (_, http) => {
  test("a probe ends by its deadline and never reports the key as rejected", { timeout: 120_000 }, async () => {
    let reply: Uint8Array = Buffer.alloc(0);
    let hold = false;
    const port = await tcpServer((socket) => {
      socket.on("data", () => {
        socket.write(reply);
        if (!hold) socket.end();
      });
    });
    const anyHold = fc.nat(4).map((dice) => dice === 0);
    await fc.assert(
      fc.asyncProperty(anyBytes, anyHold, async (nextReply, nextHold) => {
        reply = nextReply;
        hold = nextHold;
        const begun = performance.now();
        const { result, records } = await ask(http, { baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 300 });
        // At most three calls, two of them in parallel; the rest is reserve for a busy machine.
        expect(performance.now() - begun).toBeLessThan(10_000);
        expect(result.verdict.kind).not.toBe("invalid");
        expect(records.length).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 100, examples: hostile.map((example, index): [Uint8Array, boolean] => [example, index % 2 === 0]) },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
