import { Agent, EnvHttpProxyAgent, request } from "undici";
import type { Http } from "./http.ts";

/** Connections to one origin, as many as the client ever has in flight. */
const MAX_CONNECTIONS = 128;

const options = {
  connections: MAX_CONNECTIONS,
  // One answer at a time on each connection: a slow one must not hold up another probe.
  pipelining: 1,
  allowH2: false,
};

/**
 * The connections that all probes of the process share. They honour HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and do not
 * keep the process alive while they are idle. A proxy gets a tunnel, in which it cannot read the key.
 */
const proxied = new EnvHttpProxyAgent(options);

/** For plain http, which `parseBaseUrl` allows to this machine alone: it has no tunnel, so a proxy would read the key. */
const direct = new Agent(options);

/** undici as a transport: the provider's. */
export const undiciHttp: Http = async ({ method, url, headers, body, signal }) => {
  const dispatcher = url.startsWith("http:") ? direct : proxied;
  const response = await request(url, { dispatcher, method, headers, body: body ?? null, signal });
  return {
    status: response.statusCode,
    header: (name) => {
      const value = response.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    body: response.body,
  };
};
