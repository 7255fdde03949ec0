import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { Duplex } from "node:stream";
import { createSecureContext } from "node:tls";
import { type Http, type HttpResponse, MAX_HEADER_BYTES } from "./http.ts";

/** A transport that keeps its connections, to be used by calls that follow each other. */
export interface NodeTransport {
  readonly http: Http;
  /**
   * Closes all connections, including those in the middle of an answer. The transport can be used again: a new connection then
   * resumes an earlier TLS session.
   */
  close(): void;
}

/**
 * Creates a transport for the Lambda function from Node's own HTTP client, which adds nothing to the bundle. `fetch` is not used,
 * because it decompresses replies that were not requested compressed, and raises an uncaught exception if such a body
 * breaks off.
 *
 * All calls to an origin share its connections. Call `close` at the end of a run: Lambda freezes the function between runs, and
 * the service closes the connections in the meantime, so in the next run they would be dead.
 */
export function nodeTransport(): NodeTransport {
  const plain = keeping(new HttpAgent(options));
  let secure: { readonly agent: HttpsAgent; readonly since: number } | undefined;
  const agentFor = (url: string) => {
    if (!url.startsWith("https:")) return plain;
    secure ??= { agent: secureAgent(), since: Date.now() };
    return secure.agent;
  };
  return {
    http: async (request) => {
      try {
        return await send(request, agentFor(request.url));
      } catch (error) {
        if (!(error instanceof LostConnection)) throw error;
        // It was closed while it was idle, which says nothing about the service. This is not a retry: the service has not
        // answered, and a new connection fails on its own if there is an outage.
        return await send(request, false);
      }
    },
    close: () => {
      plain.destroy();
      secure?.agent.destroy();
      if (secure !== undefined && Date.now() - secure.since >= MAX_SESSION_AGE_MS) secure = undefined;
    },
  };
}

/** The same with a new connection for each call, for whoever makes few calls and has no end at which to close connections. */
export const nodeHttp: Http = (request) => send(request, false);

/** How long an idle connection is kept, in milliseconds: less than the 5 seconds after which Node's own servers close it. */
const MAX_IDLE_MS = 4_000;

/** How many idle connections are kept: with the client's 128 requests in flight, far below Lambda's limit of 1,024 files. */
const MAX_IDLE_CONNECTIONS = 256;

/**
 * For how long TLS sessions are resumed, in milliseconds. A resumed session skips the check of the certificate, so an expired one
 * would otherwise go unnoticed.
 */
const MAX_SESSION_AGE_MS = 10 * 60 * 1_000;

/** The number of connections in use is not limited here, because a call would wait for one on its own deadline. */
const options = { keepAlive: true, timeout: MAX_IDLE_MS, maxFreeSockets: MAX_IDLE_CONNECTIONS } as const;

/** Its connections share one TLS context with the trusted certificates. Node would create one for each: a seventh of the CPU time. */
function secureAgent(): HttpsAgent {
  return keeping(new HttpsAgent({ ...options, secureContext: createSecureContext() }));
}

/** Limits the idle connections of all origins together: Node's `maxFreeSockets` is a limit for each origin. */
function keeping<Kind extends HttpAgent>(agent: Kind): Kind {
  const keep = agent.keepSocketAlive.bind(agent);
  return Object.assign(agent, {
    keepSocketAlive: (socket: Duplex) => {
      const idle = Object.values(agent.freeSockets).reduce((sum, sockets = []) => sum + sockets.length, 0);
      return idle < MAX_IDLE_CONNECTIONS && keep(socket);
    },
  });
}

/** Thrown if a kept connection ends before the service answers. */
class LostConnection extends Error {
  override readonly name = "LostConnection";
}

function send({ method, url, headers, body, signal }: Parameters<Http>[0], agent: HttpAgent | false) {
  return new Promise<HttpResponse>((resolve, reject) => {
    const start = url.startsWith("https:") ? requestHttps : requestHttp;
    const request = start(url, {
      method,
      headers: { ...headers },
      signal,
      agent,
      maxHeaderSize: MAX_HEADER_BYTES,
    });
    const fail = (error: Error) => {
      reject(
        request.reusedSocket && !signal.aborted ? new LostConnection("closed while idle", { cause: error }) : error,
      );
    };
    request.on("response", (response) => resolve(answerOf(response, signal)));
    // Errors after the headers arrive here too, where they have no effect: the body reports them.
    request.on("error", fail);
    // A response that switches protocols ends without an error.
    request.on("close", () => fail(Object.assign(new Error("closed without an answer"), { code: "ECONNRESET" })));
    request.end(body);
  });
}

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
