import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";

/** What stands before a gateway: it sees what is requested, and adds the headers that the gateway needs. */
export interface Front extends AsyncDisposable {
  readonly url: string;
  /** What was requested, relative to the gateway's root. */
  readonly requests: { readonly method: string; readonly path: string }[];
}

/** @param gateway the gateway's base URL, whose path is the front's too */
export async function startFront(gateway: string, added: Readonly<Record<string, string>> = {}): Promise<Front> {
  const requests: Front["requests"] = [];
  const { origin, pathname } = new URL(gateway);
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    requests.push({ method, path: url });
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
