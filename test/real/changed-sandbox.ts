import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { startSandbox } from "../../provider/sandbox/server.ts";

/** A reply that can be changed before it is sent. */
export interface ChangeableReply {
  status: number;
  readonly headers: Map<string, string>;
  /** Parsed if it is JSON, otherwise the text. */
  body: unknown;
}

/** A service that answers like the sandbox, but for a change, as DeepSeek could make one. */
export interface ChangedSandbox extends AsyncDisposable {
  readonly url: string;
  /** Method and path of each request so far. */
  readonly requests: readonly string[];
}

/**
 * @param key the key that works
 * @param change changes a reply; `call` is the request's method and path, such as `GET /models`
 */
export async function startChangedSandbox(
  key: string,
  change: (call: string, reply: ChangeableReply) => void,
): Promise<ChangedSandbox> {
  const sandbox = await startSandbox();
  sandbox.use(key, "good");
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    requests.push(`${method} ${url}`);
    const sent = await text(request);
    const answer = await fetch(sandbox.url + url, {
      method,
      headers: headers.authorization === undefined ? {} : { authorization: headers.authorization },
      ...(sent !== "" && { body: sent }),
    });
    const received = await answer.text();
    const isJson = answer.headers.get("content-type") === "application/json";
    const reply = {
      status: answer.status,
      headers: new Map(answer.headers),
      body: isJson ? JSON.parse(received) : received,
    };
    for (const own of ["content-length", "connection", "keep-alive", "date"]) reply.headers.delete(own);
    change(`${method} ${url}`, reply);
    response.writeHead(reply.status, Object.fromEntries(reply.headers));
    response.end(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await sandbox.close();
    },
  };
}
