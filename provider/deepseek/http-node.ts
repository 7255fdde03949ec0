import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { type Http, type HttpResponse, MAX_HEADER_BYTES } from "./http.ts";

/**
 * Node's own HTTP client as a transport for the Lambda function: it adds nothing to the bundle. `fetch` is not used,
 * because it decompresses replies that were not requested compressed, and raises an uncaught exception if such a body
 * breaks off.
 *
 * Each request has its own connection. A connection kept from an earlier run would be dead: Lambda freezes the function
 * between runs, and the service closes the connection in the meantime.
 */
export const nodeHttp: Http = ({ method, url, headers, body, signal }) =>
  new Promise((resolve, reject) => {
    const send = url.startsWith("https:") ? requestHttps : requestHttp;
    const request = send(url, {
      method,
      headers: { ...headers },
      signal,
      agent: false,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
    request.on("response", (response) => resolve(answerOf(response, signal)));
    // Errors after the headers arrive here too, where they have no effect: the body reports them.
    request.on("error", reject);
    // A response that switches protocols ends without an error.
    request.on("close", () => reject(Object.assign(new Error("closed without an answer"), { code: "ECONNRESET" })));
    request.end(body);
  });

function answerOf(response: IncomingMessage, signal: AbortSignal): HttpResponse {
  // Reading the body reports the error. Without a listener it would be uncaught.
  response.on("error", () => {});
  return {
    // Always set on a response; the type is shared with requests.
    status: Number(response.statusCode),
    header: (name) => response.headersDistinct[name]?.[0],
    body: bodyOf(response, signal),
  };
}

async function* bodyOf(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* response;
  } catch (error) {
    // Node reports every interrupted body as a reset, even if the deadline interrupted it.
    throw signal.aborted ? signal.reason : error;
  }
}
