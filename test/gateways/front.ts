import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import type { RecordedRequest } from "../../provider/sandbox/server.ts";

/** What stands before a gateway: it records what is requested, since a gateway answers some calls itself, and adds headers. */
export interface Front extends AsyncDisposable {
  readonly url: string;
  /** What was requested, relative to the gateway's root. */
  readonly requests: Pick<RecordedRequest, "method" | "path" | "headers">[];
}

/** @param gateway the gateway's base URL, whose path is the front's too */
export async function startFront(gateway: string, added: Readonly<Record<string, string>> = {}): Promise<Front> {
  const requests: Front["requests"] = [];
  const { origin, pathname } = new URL(gateway);
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    requests.push({ method, path: url, headers });
    const { host, connection, ...passed } = headers;
    const options = { method, headers: { ...passed, ...added }, agent: false };
    const upstream = forward(origin + url, options, (answer) => {
      answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers));
    });
    upstream.on("error", () => response.destroy());
    request.pipe(upstream);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname.replace(/\/$/, "")}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
