import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Http, HttpResponse } from "./http.ts";

/**
 * Node's own HTTP client as a transport: for the Lambda, to whose bundle it adds nothing. Not `fetch`, which decodes what
 * nobody asked to be encoded, and throws at the whole process when such a body also breaks off.
 *
 * Each request has a connection of its own. One that is kept from a run to the next would be found dead: Lambda freezes
 * the function in between, and the service hangs up meanwhile.
 */
export const nodeHttp: Http = ({ method, url, headers, body, signal }) =>
  new Promise((resolve, reject) => {
    const send = url.startsWith("https:") ? requestHttps : requestHttp;
    const request = send(url, { method, headers: { ...headers }, signal, agent: false });
    request.on("response", (response) => resolve(answerOf(response, signal)));
    // Also for what breaks after the answer has come: its body tells of that.
    request.on("error", reject);
    // An answer that switches protocols ends without an error.
    request.on("close", () => reject(Object.assign(new Error("closed without an answer"), { code: "ECONNRESET" })));
    request.end(body);
  });

function answerOf(response: IncomingMessage, signal: AbortSignal): HttpResponse {
  // Kept for whoever reads the body; without a listener it would be forgotten.
  response.on("error", () => {});
  return {
    // An answer has one; the type is that of requests too.
    status: Number(response.statusCode),
    header: (name) => response.headersDistinct[name]?.[0],
    body: bodyOf(response, signal),
  };
}

async function* bodyOf(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* response;
  } catch (error) {
    // Node calls every end of a body a reset, that by a deadline too.
    throw signal.aborted ? signal.reason : error;
  }
}
