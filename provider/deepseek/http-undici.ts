import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import { type Http, MAX_HEADER_BYTES } from "./http.ts";

/** Most connections to one origin: as many as the client has requests in flight. */
const MAX_CONNECTIONS = 128;

const options = {
  connections: MAX_CONNECTIONS,
  // One request at a time on each connection, so that a slow answer does not delay another probe.
  pipelining: 1,
  allowH2: false,
  maxHeaderSize: MAX_HEADER_BYTES,
};

/**
 * The connections that all probes of the process share. They honour HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and do not
 * keep the process alive while idle. Through a proxy they use a tunnel, so that the proxy cannot read the key.
 */
const proxied = new EnvHttpProxyAgent(options);

/** For plain http, which `parseBaseUrl` allows only to this machine or on request. A proxy could read the key. */
const direct = new Agent(options);

/** undici as a transport, for the provider. */
export const undiciHttp = transportThrough((url) => (url.startsWith("http:") ? direct : proxied));

/** undici as a transport. @param dispatcherOf the connections that a request to this URL uses */
export function transportThrough(dispatcherOf: (url: string) => Dispatcher): Http {
  return async ({ method, url, headers, body, signal }) => {
    const dispatcher = dispatcherOf(url);
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
}
