import type { Socket } from "node:net";
import * as bodies from "../../provider/sandbox/recorded-bodies.ts";
import type { Reply } from "./server.ts";

/** The head of an answer, without its framing headers. */
export function head(status: number, headers: readonly string[] = []): string {
  return `HTTP/1.1 ${status} X\r\n${headers.map((header) => `${header}\r\n`).join("")}`;
}

/** A complete answer with its length. */
export function answer(status: number, body: string | Buffer, headers: readonly string[] = []): Buffer {
  const start = `${head(status, headers)}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.concat([Buffer.from(start, "latin1"), Buffer.from(body)]);
}

/** Answers each call as DeepSeek does. */
export function ok(path: string): Reply {
  const chat = { choices: [{ message: {}, finish_reason: "stop" }], model: "deepseek-flash" };
  const body = path === "/models" ? bodies.modelList : path === "/user/balance" ? bodies.balance : chat;
  return (socket) => void socket.write(answer(200, JSON.stringify(body)));
}

/** Sends the beginning of a reply, and then a piece every 50 ms until the client hangs up. */
export function blanks(socket: Socket, beginning: string, piece: string): void {
  socket.write(beginning);
  const timer = setInterval(() => socket.write(piece), 50);
  socket.on("close", () => clearInterval(timer));
}

/** Sends the beginning of a reply, and then pieces as fast as the client reads, without an end. */
export function endless(socket: Socket, beginning: string, piece: string | Buffer): void {
  socket.write(beginning);
  const send = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", send);
  send();
}
