import { brotliCompressSync, gzipSync } from "node:zlib";
import type { VerdictKind } from "../../provider/deepseek/verdict.ts";
import * as bodies from "../../provider/sandbox/recorded-bodies.ts";
import { echoes } from "./echoes.ts";
import type { Replies, Reply } from "./server.ts";
import { answer, blanks, endless, head, ok } from "./wire.ts";

/** A hostile reply and the expected verdict. */
export interface Case {
  readonly name: string;
  readonly expected: VerdictKind;
  readonly replies: Replies;
  /** undici's parser discards this data without a limit, so only the deadline ends it. */
  readonly readsOn?: true;
}

const chunked = `${head(200)}transfer-encoding: chunked\r\n\r\n`;
const zeros = Buffer.alloc(64 * 1024);
const bomb = gzipSync(Buffer.alloc(100_000_000));
const gz = (body: string) => answer(200, gzipSync(body), ["content-encoding: gzip"]);
const dressed = "\u001b]0;owned\u0007\u001b[2J\u001b[31m \u202eevil\u2066 \u200b a\r\nWARN forged";

const always =
  (reply: Reply): Replies =>
  () =>
    reply;
const raw = (bytes: Buffer | string): Replies => always((socket) => void socket.write(bytes));
const json = (body: unknown, status = 200) => raw(answer(status, JSON.stringify(body)));

/** The free calls are answered normally, the test call with this. */
const chat =
  (reply: Reply): Replies =>
  (path) =>
    path === "/chat/completions" ? reply : ok(path);

/** All texts of the service contain the key in one form, and terminal escapes. */
const echoing = (form: string): readonly Case[] => {
  const say = (key: string) => `${echoes[form]?.(key)} ${dressed}`;
  const trace = (key: string) => [`x-ds-trace-id: ${echoes[form]?.(key).replace(/[^!-~]/g, "")}`];
  return [
    {
      name: `the key echoed in messages and headers: ${form}`,
      expected: "indeterminate",
      replies: always(
        (socket, key) => void socket.write(answer(403, JSON.stringify(bodies.errorBody(say(key), "t")), trace(key))),
      ),
    },
    {
      name: `the key echoed in a model's name: ${form}`,
      expected: "misconfigured",
      replies: (path) => (socket, key) => {
        const id = echoes[form]?.(key) ?? "";
        const data = [{ id: "usual" }, { id }, { id: "named", name: say(key), input_modalities: [id] }];
        if (path === "/models") return void socket.write(answer(200, JSON.stringify({ data }), trace(key)));
        if (path === "/user/balance") return ok(path)(socket, key);
        socket.write(answer(400, JSON.stringify(bodies.errorBody(`no such model ${say(key)}`, "t")), trace(key)));
      },
    },
    {
      name: `the key echoed by the test call: ${form}`,
      expected: "valid",
      replies: chat((socket, key) => {
        const id = echoes[form]?.(key);
        const reply = { choices: [{ message: {}, finish_reason: say(key) }], model: id, system_fingerprint: id };
        socket.write(answer(200, JSON.stringify(reply), trace(key)));
      }),
    },
  ];
};

/**
 * @param elsewhere returns a URL of another origin, which must never be called. It is called when a case runs, since the
 *     servers start after the cases are declared.
 */
export function namedCases(elsewhere: () => string): readonly Case[] {
  const redirect = (status: number): Case => ({
    name: `HTTP ${status} to another origin`,
    expected: "misconfigured",
    replies: always((socket) => void socket.write(answer(status, "", [`location: ${elsewhere()}/models`]))),
  });
  return [
    ...[301, 302, 303, 307, 308].map(redirect),
    {
      name: "a refresh to another origin",
      expected: "indeterminate",
      replies: always((socket) => void socket.write(answer(200, "", [`refresh: 0; url=${elsewhere()}`]))),
    },
    {
      name: "a test call redirected",
      expected: "misconfigured",
      replies: chat((socket) => void socket.write(answer(307, "", [`location: ${elsewhere()}`]))),
    },
    {
      name: "an endless body",
      expected: "indeterminate",
      replies: always((socket) => endless(socket, `${head(200)}\r\n`, zeros)),
    },
    {
      name: "a content-length of a terabyte",
      expected: "indeterminate",
      replies: always((socket) => endless(socket, `${head(200)}content-length: 1099511627776\r\n\r\n`, zeros)),
    },
    {
      name: "endless chunks",
      expected: "indeterminate",
      replies: always((socket) => endless(socket, chunked, "1\r\na\r\n".repeat(5_000))),
    },
    {
      name: "an endless error",
      expected: "indeterminate",
      replies: always((socket) => endless(socket, `${head(503)}\r\n`, zeros)),
    },
    {
      name: "endless headers",
      expected: "indeterminate",
      replies: always((socket) => endless(socket, head(200), "a: b\r\n".repeat(1_000))),
    },
    {
      name: "one endless header",
      expected: "indeterminate",
      replies: always((socket) => endless(socket, `${head(200)}a: `, Buffer.alloc(64 * 1024, "a"))),
    },
    {
      name: "an endless chunk extension",
      expected: "indeterminate",
      readsOn: true,
      replies: always((socket) => endless(socket, `${chunked}1;`, "a".repeat(10_000))),
    },
    {
      name: "endless trailers",
      expected: "indeterminate",
      replies: always((socket) => endless(socket, `${chunked}0\r\n`, "a: b\r\n".repeat(1_000))),
    },
    {
      name: "HTTP 100 again and again",
      expected: "indeterminate",
      replies: always((socket) => endless(socket, "", "HTTP/1.1 100 Continue\r\n\r\n".repeat(500))),
    },
    {
      name: "HTTP 103 again and again",
      expected: "indeterminate",
      replies: always((socket) => endless(socket, "", "HTTP/1.1 103 Hints\r\nlink: a\r\n\r\n".repeat(500))),
    },
    {
      name: "a gzip bomb of 100 MB",
      expected: "indeterminate",
      replies: raw(answer(200, bomb, ["content-encoding: gzip"])),
    },
    {
      name: "a gzip bomb in a gzip bomb",
      expected: "indeterminate",
      replies: raw(answer(200, gzipSync(bomb), ["content-encoding: gzip, gzip"])),
    },
    {
      name: "a brotli bomb of 100 MB",
      expected: "indeterminate",
      replies: raw(answer(200, brotliCompressSync(Buffer.alloc(100_000_000)), ["content-encoding: br"])),
    },
    {
      name: "a gzip bomb in a refusal",
      expected: "indeterminate",
      replies: raw(answer(403, bomb, ["content-encoding: gzip"])),
    },
    {
      name: "an ordinary list, gzipped without a request",
      expected: "indeterminate",
      replies: raw(gz(JSON.stringify(bodies.modelList))),
    },
    {
      name: "a body labelled gzip that is not gzip",
      expected: "indeterminate",
      replies: raw(answer(200, "{}", ["content-encoding: gzip"])),
    },
    {
      name: "headers that trickle in",
      expected: "indeterminate",
      replies: always((socket) => blanks(socket, head(200), "a: b\r\n")),
    },
    {
      name: "a body that trickles in (slow loris)",
      expected: "indeterminate",
      replies: always((socket) => blanks(socket, `${head(200)}content-length: 9999\r\n\r\n{`, " ")),
    },
    {
      name: "endless keep-alive blanks",
      expected: "indeterminate",
      replies: always((socket) => blanks(socket, chunked, "1\r\n\n\r\n")),
    },
    {
      name: "endless keep-alive blanks in the test call",
      expected: "indeterminate",
      replies: chat((socket) => blanks(socket, chunked, "1\r\n\n\r\n")),
    },
    { name: "silence", expected: "indeterminate", replies: always(() => {}) },
    {
      name: "half of a 401, again and again",
      expected: "indeterminate",
      replies: always((socket) => void socket.end(`${head(401)}content-length: 99\r\n\r\n{`)),
    },
    {
      name: "a 401 whose body never ends",
      expected: "indeterminate",
      replies: always((socket) => blanks(socket, `${head(401)}content-length: 9999\r\n\r\n{`, " ")),
    },
    { name: "one 401, and then silence", expected: "indeterminate", replies: once401() },
    { name: "a genuine 401, twice", expected: "invalid", replies: json(bodies.wrongKey("sk-1234", "1"), 401) },
    {
      name: "invalid UTF-8",
      expected: "indeterminate",
      replies: raw(answer(200, Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0, 0xed, 0xa0, 0x80]))),
    },
    {
      name: "invalid UTF-8 in a message",
      expected: "misconfigured",
      replies: raw(
        answer(404, Buffer.concat([Buffer.from('{"message":"'), Buffer.from([0xff, 0xc3, 0x28]), Buffer.from('"}')])),
      ),
    },
    {
      name: "JSON nested 250,000 deep",
      expected: "misconfigured",
      replies: raw(answer(200, `{"data":${"[".repeat(250_000)}${"]".repeat(250_000)}}`)),
    },
    {
      name: "half a million invalid models",
      expected: "indeterminate",
      replies: raw(answer(200, `{"data":[${"1,".repeat(500_000)}1]}`)),
    },
    {
      name: "60,000 models",
      expected: "indeterminate",
      replies: json({ data: Array.from({ length: 60_000 }, (_, id) => ({ id: `m${id}` })) }),
    },
    {
      name: "half a million choices",
      expected: "indeterminate",
      replies: chat((socket) => void socket.write(answer(200, `{"choices":[${"1,".repeat(500_000)}1]}`))),
    },
    {
      name: "prototype-polluting keys",
      expected: "misconfigured",
      replies: raw(
        answer(200, '{"__proto__":{"data":[{"id":"a"}]},"constructor":{"prototype":{"polluted":1}},"data":[]}'),
      ),
    },
    {
      name: "models called __proto__ and constructor",
      expected: "misconfigured",
      replies: (path) =>
        path === "/models"
          ? raw(answer(200, '{"data":[{"id":"__proto__"},{"id":"constructor"}]}'))(path)
          : json({ message: "no" }, 404)(path),
    },
    {
      name: "terminal escapes and bidi marks",
      expected: "misconfigured",
      replies: json(bodies.errorBody(dressed, dressed, dressed), 422),
    },
    {
      name: "a message of a megabyte",
      expected: "misconfigured",
      replies: json({ message: "x ".repeat(500_000) }, 400),
    },
    {
      name: "made-up currencies",
      expected: "valid",
      replies: (path) =>
        path === "/user/balance"
          ? json({ is_available: true, balance_infos: [{ currency: "ABC", total_balance: "1" }] })(path)
          : ok(path),
    },
    ...Object.keys(echoes).flatMap(echoing),
  ];
}

function once401(): Replies {
  let answered = false;
  return (path) => (socket, key) => {
    if (path !== "/models") return ok(path)(socket, key);
    if (!answered) socket.write(answer(401, "no"));
    answered = true;
  };
}
