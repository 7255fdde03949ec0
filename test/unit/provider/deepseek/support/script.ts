import { randomUUID } from "node:crypto";
import { json } from "node:stream/consumers";
import * as bodies from "../../../../../provider/sandbox/recorded-bodies.ts";
import { httpServer } from "./servers.ts";

export interface Answer {
  /** 0 resets the connection. */
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

interface Received {
  readonly path: string;
  readonly at: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: unknown;
}

const well: Readonly<Record<string, Answer>> = {
  "/models": { status: 200, body: bodies.modelList },
  "/user/balance": { status: 200, body: bodies.balance },
  "/chat/completions": {
    status: 200,
    body: { id: randomUUID(), choices: [{ index: 0, message: {}, finish_reason: "stop" }] },
  },
};

/** A server that gives the scripted answers for each path in order. After them, and for other paths, it answers normally. */
export async function scripted(script: Readonly<Record<string, readonly Answer[]>>) {
  const received: Received[] = [];
  const port = await httpServer(async (request, response) => {
    const { url: path = "", headers, method } = request;
    const nth = received.filter((earlier) => earlier.path === path).length;
    const entry = { path, at: Date.now(), headers, body: undefined };
    received.push(entry);
    if (method === "POST") Object.assign(entry, { body: await json(request) });
    const answer = script[path]?.[nth] ?? well[path] ?? { status: 404 };
    if (answer.status === 0) return void request.socket.resetAndDestroy();
    const { body = "" } = answer;
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
    response.writeHead(answer.status).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  return { baseUrl: `http://127.0.0.1:${port}`, received };
}
