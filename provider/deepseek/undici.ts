import { EnvHttpProxyAgent, request } from "undici";
import type { Http } from "./transport.ts";

/** Connections to one origin, as many as the client ever has in flight. */
const MAX_CONNECTIONS = 128;

/**
 * The connections that all probes of the process share. They honour HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and do not
 * keep the process alive while they are idle.
 */
const agent = new EnvHttpProxyAgent({
  connections: MAX_CONNECTIONS,
  // One answer at a time on each connection: a slow one must not hold up another probe.
  pipelining: 1,
  allowH2: false,
});

/** undici as a transport: the provider's. */
export const undiciHttp: Http = async ({ method, url, headers, body, signal }) => {
  const response = await request(url, { dispatcher: agent, method, headers, body: body ?? null, signal });
  return {
    status: response.statusCode,
    header: (name) => {
      const value = response.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    body: response.body,
  };
};
