import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Http } from "../../provider/deepseek/http.ts";
import { nodeHttp } from "../../provider/deepseek/http-node.ts";
import { transportThrough } from "../../provider/deepseek/http-undici.ts";
import { startHosts } from "../support/deepseek-host.ts";
import { type Replies, type ReplyCase, replyTo } from "./reply-case.ts";

export interface ReplayServer extends AsyncDisposable {
  /** Without a path. */
  readonly url: string;
  /** The calls so far, such as `GET /models`. A request without a key ends with `without key`. */
  readonly calls: readonly string[];
  /** Answers as another case from now on. */
  play(replies: Replies): void;
}

/** A server on loopback that answers each call as a case says, whatever the path before it. */
export async function startReplay(first: Replies): Promise<ReplayServer> {
  let played = first;
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    const { method, url = "" } = request;
    const body = await text(request);
    const hasKey = request.headers.authorization !== undefined;
    calls.push(`${method} ${url}${hasKey ? "" : " without key"}`);
    const { status, headers, body: answer } = replyTo(played, { url, body, hasKey });
    response.writeHead(status, headers).end(answer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    play(replies) {
      played = replies;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

interface ReplayAt extends AsyncDisposable {
  readonly baseUrl: string;
  /** The environment in which a program reaches it. */
  readonly env: Readonly<Record<string, string>>;
  /** The transport with which the monitor's function reaches it. */
  readonly http: Http;
}

/** The same at the host of the case, if its replies mean something else at others; otherwise on this machine. */
export async function startReplayAt(one: ReplyCase): Promise<ReplayAt> {
  const server = await startReplay(one);
  if (one.host === undefined) {
    const stop = () => server[Symbol.asyncDispose]();
    return { baseUrl: server.url, env: {}, http: nodeHttp, [Symbol.asyncDispose]: stop };
  }
  const hosts = await startHosts({ [one.host]: server.url });
  return {
    baseUrl: `https://${one.host}/v1`,
    env: hosts.env,
    http: transportThrough(() => hosts.dispatcher),
    async [Symbol.asyncDispose]() {
      await hosts.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
