import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { refusalCodes } from "../../provider/deepseek/refusal-codes.ts";
import * as bodies from "../../provider/sandbox/recorded-bodies.ts";
import { echoes } from "./echoes.ts";
import type { Replies, Reply } from "./server.ts";
import { blanks, head, ok } from "./wire.ts";

/** A hostile reply as data, so that a seed and a number reproduce it. `{key}` is the key, in some form. */
export interface Generated {
  /** The calls that are answered with it; the others are answered normally. */
  readonly path: "/models" | "/user/balance" | "/chat/completions" | "every call";
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  readonly echo: string;
  readonly encoding: "utf8" | "latin1" | "gzip";
  readonly framing: keyof typeof framings;
}

/** The framing of a body, correct or wrong. */
const framings = {
  sized: (start, body) => (socket) => void socket.write(sized(start, body)),
  "until the end": (start, body) => (socket) => void socket.end(Buffer.concat([line(`${start}\r\n`), body])),
  chunked: (start, body) => (socket) => void socket.write(chunked(start, body, "\r\n0\r\n\r\n")),
  "two answers": (start, body) => (socket) =>
    void socket.write(Buffer.concat([sized(start, body), sized(start, body)])),
  "longer than told": (start, body) => (socket) => void socket.write(sized(start, body, body.length >> 1)),
  "shorter than told": (start, body) => (socket) => void socket.end(sized(start, body, body.length + 9)),
  "two lengths": (start, body) => (socket) => void socket.end(sized(`${start}content-length: 1\r\n`, body)),
  "a broken chunk": (start, body) => (socket) => void socket.end(chunked(start, body, "zz\r\n")),
  "a chunk cut off": (start, body) => (socket) => void socket.end(chunked(start, body, "")),
  "cut in the head": (start) => (socket) => void socket.end(line(start.slice(0, start.length >> 1))),
  reset: (start) => (socket) => void socket.write(line(start), () => socket.resetAndDestroy()),
  silence: () => () => {},
  "blanks for ever": (start) => (socket) => blanks(socket, `${start}transfer-encoding: chunked\r\n\r\n`, "1\r\n\n\r\n"),
  "bit by bit": (start) => (socket) => blanks(socket, `${start}content-length: 99999\r\n\r\n{`, " "),
} satisfies Readonly<Record<string, (start: string, body: Buffer) => Send>>;

type Send = (socket: Parameters<Reply>[0]) => void;

const line = (text: string) => Buffer.from(text, "latin1");
const sized = (start: string, body: Buffer, length = body.length) =>
  Buffer.concat([line(`${start}content-length: ${length}\r\n\r\n`), body]);
const chunked = (start: string, body: Buffer, end: string) =>
  Buffer.concat([line(`${start}transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n`), body, line(end)]);

/** Returns the replies of a generated case. `rejected` is called for each 401. */
export function repliesOf(generated: Generated, rejected: () => void): Replies {
  return (path) => (socket, key) => {
    if (generated.path !== "every call" && generated.path !== path) return ok(path)(socket, key);
    if (generated.status === 401) rejected();
    const secret = echoes[generated.echo]?.(key) ?? "";
    const text = generated.body.replaceAll("{key}", () => JSON.stringify(secret).slice(1, -1));
    const body = generated.encoding === "gzip" ? gzipSync(text) : Buffer.from(text, generated.encoding);
    const start = head(
      generated.status,
      generated.headers.map((header) => header.replaceAll("{key}", () => secret)),
    );
    framings[generated.framing](start, body)(socket);
  };
}

const nasty = fc.constantFrom(
  "{key}",
  "Your key {key} is wrong",
  "\u001b]0;owned\u0007\u001b[31mred",
  "\u202etxet\u2066 \u200b",
  "%n%s {0}",
  "<script>alert(1)</script>",
  "__proto__",
  "constructor",
  "x".repeat(5_000),
  "a\r\nWARN forged line",
  "😀\ud83d",
  "",
);
const text = fc.oneof(nasty, fc.string({ unit: "binary", maxLength: 60 }));
const quoted = fc.array(text, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(" "));

const codes = [...new Set(refusalCodes.flatMap((row) => row.codes ?? []))];
const knownCode = fc.constantFrom(...codes);

const document = fc.oneof(
  quoted.map((message) => bodies.errorBody(message, "t")),
  quoted.map((message) => ({ error_msg: message })),
  fc.record({ message: quoted, code: fc.oneof(knownCode, text) }).map((error) => ({ error })),
  fc.record({ detail: fc.array(fc.record({ loc: fc.array(text), msg: quoted }), { maxLength: 3 }) }),
  fc.record({ success: fc.constant(false), code: knownCode, message: quoted }),
  fc
    .array(
      quoted.map((id) => ({ id, name: id, input_modalities: [id] })),
      { maxLength: 5 },
    )
    .map((data) => ({ data })),
  fc
    .array(
      text.map((id) => ({ id })),
      { maxLength: 5 },
    )
    .map((data) => ({ data: [...data, { id: "deepseek-flash" }] })),
  fc.record({
    model: text,
    system_fingerprint: text,
    choices: fc.array(fc.record({ message: fc.constant({}), finish_reason: text })),
  }),
  fc
    .array(fc.record({ currency: text, total_balance: text }))
    .map((all) => ({ is_available: true, balance_infos: all })),
  fc.constantFrom<unknown>(bodies.modelList, bodies.balance, bodies.emptyBalance, bodies.tooBusy),
);

const body = fc.oneof(
  { weight: 8, arbitrary: document.map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: quoted },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 300 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `{"data":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
      `${'{"a":'.repeat(8_000)}1${"}".repeat(8_000)}`,
      '{"__proto__":{"data":[]},"constructor":{"prototype":{"polluted":1}},"data":[{"id":"__proto__"}]}',
      "\n".repeat(2_000),
      `{"data":[${'{"id":"m"},'.repeat(300)}{"id":"m"}]}`,
    ),
  },
);

const header = fc.constantFrom(
  "x-ds-trace-id: {key}",
  "x-ds-trace-id: \u001b[2Ja",
  `x-ds-trace-id: ${"t".repeat(300)}`,
  "x-ds-trace-id: good-trace-1",
  "retry-after: 0",
  "retry-after: 99999999999999999999",
  "retry-after: Fri, 31 Dec 9999 23:59:59 GMT",
  "retry-after: {key}",
  "content-encoding: gzip",
  "content-encoding: br, zstd, x",
  "content-encoding: identity",
  "content-type: text/html; charset=utf-7",
  "location: http://127.0.0.1:9/{key}",
  "set-cookie: key={key}",
  "connection: close",
  "keep-alive: timeout=999999999",
  "no colon",
  `x-many: ${"a".repeat(20_000)}`,
);

export const hostileReply: fc.Arbitrary<Generated> = fc.record({
  path: fc.constantFrom("/models", "/user/balance", "/chat/completions", "every call"),
  status: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(200, 200, 200, 400, 401, 402, 403, 404, 422, 429, 500, 503) },
    { weight: 1, arbitrary: fc.constantFrom(301, 302, 307, 308, 204, 304, 101, 100, 103) },
    { weight: 1, arbitrary: fc.integer({ min: 100, max: 999 }) },
  ),
  headers: fc.array(header, { maxLength: 3 }),
  body,
  echo: fc.constantFrom(...Object.keys(echoes)),
  encoding: fc.constantFrom("utf8", "utf8", "utf8", "latin1", "gzip"),
  framing: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom("sized", "until the end", "chunked") },
    { weight: 8, arbitrary: fc.constantFrom(...(Object.keys(framings) as (keyof typeof framings)[]).slice(3, -3)) },
    { weight: 1, arbitrary: fc.constantFrom("silence", "blanks for ever", "bit by bit") },
  ),
});

/** The statuses with which services refuse, or report an error inside a success. */
const statuses = [
  200, 201, 202, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 412, 413, 422, 424, 429, 451, 498, 500, 501, 502,
  503, 504,
];

/** A refusal of the test call, or of every call, with each code of the table at each status. */
export const codedRefusals: readonly Generated[] = codes.flatMap((code) =>
  statuses.map(
    (status): Generated => ({
      path: status % 2 === 0 ? "/chat/completions" : "every call",
      status,
      headers: [],
      body: JSON.stringify({ error: { code, message: "Your key {key} cannot be used." } }),
      echo: "plain",
      encoding: "utf8",
      framing: "sized",
    }),
  ),
);

const broken: ReadonlySet<Generated["framing"]> = new Set([
  "shorter than told",
  "two lengths",
  "a broken chunk",
  "a chunk cut off",
  "cut in the head",
  "reset",
  "silence",
  "blanks for ever",
  "bit by bit",
]);

/** Whether a reply to a call that decides is a refusal or broken, so that it must not count as valid. */
export function provesNothing({ path, status, framing, body: sent }: Generated): boolean {
  if (path === "/user/balance") return false;
  return status < 200 || status > 299 || broken.has(framing) || sent.startsWith('{"error":{"code"');
}
