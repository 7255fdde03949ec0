import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Asked, Refusal } from "./profile.ts";
import type { Question } from "./question.ts";

/** How a reply is delivered. */
type Delivery =
  /** Immediately and completely. */
  | "whole"
  /** Completely, after a long wait. */
  | "late"
  /** Headers immediately, then blank lines for a while, then the body, as DeepSeek does while a chat is queued. */
  | "after-blank-lines"
  /** Headers immediately, then blank lines until the client disconnects. */
  | "blank-lines-forever"
  /** Headers and the first half of the body, then nothing until the client disconnects. */
  | "half-then-silence"
  /** Headers and the first half of the body, then the connection is closed. */
  | "half-then-cut"
  /** The connection is reset without an answer. */
  | "cut"
  /** A huge body, as fast as the client reads it. */
  | "flood";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly delivery: Delivery;
}

export function text(status: number, body: string, headers: Reply["headers"] = {}): Reply {
  return { status, headers, body, delivery: "whole" };
}

export function json(status: number, value: unknown, headers: Reply["headers"] = {}): Reply {
  return text(status, JSON.stringify(value), { "content-type": "application/json", ...headers });
}

const withModel = z.object({ model: z.string() });

/** A service's refusal of a request. */
export function refused({ status, body, contentType = "application/json" }: Refusal, question: Question): Reply {
  const model = withModel.safeParse(question.body).data?.model ?? "";
  const asked: Asked = { ...question, model };
  const filled = typeof body === "function" ? body(asked) : body;
  const headers = contentType === null ? {} : { "content-type": contentType };
  return text(status, typeof filled === "string" ? filled : JSON.stringify(filled), headers);
}

const blankLineEveryMs = 50;
const blankLinesBeforeAnswer = 4;
const floodBytes = 64 * 1024 * 1024;

export interface SendOptions {
  /** How long a 'late' reply waits, in milliseconds. */
  readonly slowMs: number;
  /** Headers that each reply has. */
  readonly headers: Reply["headers"];
  /** Aborted when the client disconnects, so that no timer outlives its request. */
  readonly gone: AbortSignal;
}

/** Sends a reply as its `delivery` says. Rejects if the client disconnects before the end. */
export async function send(
  reply: Reply,
  response: ServerResponse,
  { slowMs, headers: common, gone }: SendOptions,
): Promise<void> {
  if (reply.delivery === "cut") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (reply.delivery === "late") await delay(slowMs, undefined, { signal: gone });

  const body = Buffer.from(reply.body);
  const half = body.subarray(0, body.length / 2);
  const headers = { ...common, ...reply.headers };
  const sized = { ...headers, "content-length": body.length };
  switch (reply.delivery) {
    case "whole":
    case "late":
      response.writeHead(reply.status, sized).end(body);
      return;
    case "after-blank-lines":
      response.writeHead(reply.status, headers);
      await writeBlankLines(response, blankLinesBeforeAnswer, gone);
      response.end(body);
      return;
    case "blank-lines-forever":
      response.writeHead(reply.status, headers);
      await writeBlankLines(response, Number.POSITIVE_INFINITY, gone);
      return;
    case "half-then-silence":
      response.writeHead(reply.status, sized).write(half);
      return;
    case "half-then-cut":
      response.writeHead(reply.status, sized).write(half, () => response.destroy());
      return;
    case "flood":
      await pipeline(Readable.from(flood()), response.writeHead(reply.status, headers));
  }
}

async function writeBlankLines(response: ServerResponse, count: number, gone: AbortSignal): Promise<void> {
  for (let line = 0; line < count; line++) {
    response.write("\n");
    await delay(blankLineEveryMs, undefined, { signal: gone });
  }
}

/** A huge body that starts like a list of models, so that only a size limit protects the client. */
function* flood(): Generator<Buffer> {
  yield Buffer.from('{"object":"list","data":"');
  const chunk = Buffer.alloc(64 * 1024, "a");
  for (let sent = 0; sent < floodBytes; sent += chunk.length) yield chunk;
  yield Buffer.from('"}');
}
