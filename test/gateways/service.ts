import type { Sandbox } from "../../provider/sandbox/server.ts";
import type { Service } from "../contract/service.ts";
import { startFront } from "./front.ts";

/** A gateway as the service of one connection. Connections share the gateway and the sandbox, and have different keys. */
export async function serveGateway(
  sandbox: Sandbox,
  gateway: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const front = await startFront(gateway, headers);
  return {
    sandbox,
    baseUrl: front.url,
    requests: front.requests,
    clearRequests() {
      front.requests.length = 0;
    },
    [Symbol.asyncDispose]: () => front[Symbol.asyncDispose](),
  };
}
