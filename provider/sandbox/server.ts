import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Accounts } from "./accounts.ts";
import { answerControl, controlPrefix } from "./control.ts";
import { json, type Reply, send } from "./reply.ts";
import type { Call } from "./scenarios.ts";
import { notFound, publicList, type ScenarioName, scenarios, unauthenticated } from "./scenarios.ts";
import { type RecordedRequest, readBody, Traffic } from "./traffic.ts";

export type { RecordedRequest } from "./traffic.ts";

/** A running server on loopback that answers like DeepSeek, according to the scenario of the request's key. */
export interface Sandbox {
  /** The base URL, for example `http://127.0.0.1:4242`. */
  readonly url: string;
  readonly port: number;
  /** Every request so far, except those to the sandbox's own paths under `/sandbox/`. */
  readonly requests: readonly RecordedRequest[];
  /** The highest number of requests in flight at once since the last `clearRequests`. */
  readonly maxInFlight: number;
  /** Sets the key's scenario, which starts from its beginning. */
  use(key: string, scenario: ScenarioName): void;
  /** Makes the key unknown. */
  revoke(key: string): void;
  clearRequests(): void;
  /** Closes every connection, including those in the middle of an answer. */
  close(): Promise<void>;
}

/** A completed request, for a log. It contains no secrets. */
export interface Exchange {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** `undefined` if the connection ended before an answer began. */
  readonly status: number | undefined;
  /** `undefined` if the answer does not depend on a key: there was none, the path is unknown, or the list is public. */
  readonly scenario: ScenarioName | undefined;
  readonly milliseconds: number;
}

export interface SandboxOptions {
  /** Default: a free port. */
  readonly port?: number;
  /** Delay before every answer, in milliseconds. Default 0. */
  readonly latencyMs?: number;
  /** The wait of the scenario `slow`, in milliseconds. Default 60 000: longer than any test's deadline. */
  readonly slowMs?: number;
  /** The scenario of a key that has none of its own. Default `wrong-key`. */
  readonly defaultScenario?: ScenarioName;
  /**
   * Whether anyone may list the models, as at many gateways: a request with any key, or without one, gets the list of the
   * scenario `gateway`. The other calls answer as the key's scenario does. Default false: the list needs a key.
   */
  readonly publicModels?: boolean;
  /** Called when a request to DeepSeek's API has arrived. The answer waits for a promise that this returns. */
  readonly onRequest?: (request: RecordedRequest) => unknown;
  /** Called when a request has ended. */
  readonly onExchange?: (exchange: Exchange) => void;
}

/** The prefix `/v1` is an old alias, which the balance does not have. */
const routes: ReadonlyMap<string, Call> = new Map([
  ["GET /models", "models"],
  ["GET /v1/models", "models"],
  ["GET /user/balance", "balance"],
  ["POST /chat/completions", "chat"],
  ["POST /v1/chat/completions", "chat"],
]);

/**
 * The path to which the scenario `redirect` redirects: on the same server, but at another host name and thus origin.
 */
const elsewherePath = "/elsewhere";

/** Starts a sandbox. Rejects with the system's error, such as `EADDRINUSE`, if the port cannot be used. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { latencyMs = 0, slowMs = 60_000, defaultScenario = "wrong-key", publicModels = false } = options;
  const { onRequest, onExchange } = options;
  const accounts = new Accounts(defaultScenario);
  const traffic = new Traffic();

  // Idle connections are kept for a long time: a client that reused one just as it is closed would see a reset.
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    serve(request, response, gone.signal).catch((cause: unknown) => {
      // In many scenarios the client disconnects. Any other error is a bug of the sandbox and must be visible.
      if (!gone.signal.aborted) console.error("The sandbox failed to answer:", cause);
      response.destroy();
    });
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  async function serve(request: IncomingMessage, response: ServerResponse, gone: AbortSignal): Promise<void> {
    const arrived = Date.now();
    const { method = "", url = "" } = request;
    const path = url.split("?", 1)[0] ?? "";
    const ownPath = path.startsWith(controlPrefix);
    let asked: { scenario?: ScenarioName; reply: Reply } | undefined;
    response.once("close", () => {
      const status = response.headersSent ? response.statusCode : undefined;
      onExchange?.({ method, path, status, scenario: asked?.scenario, milliseconds: Date.now() - arrived });
    });

    if (ownPath) {
      asked = { reply: answerControl(`${method} ${path}`, await readBody(request), sandbox) };
    } else {
      traffic.watch(response);
      const body = await readBody(request);
      const recorded = traffic.record(request, arrived, body);
      await onRequest?.(recorded);
      asked = path === elsewherePath ? { reply: json(200, {}) } : ask(`${method} ${path}`, request, body);
      if (latencyMs > 0) await delay(latencyMs, undefined, { signal: gone });
    }
    await send(asked.reply, response, { slowMs, gone });
  }

  function ask(route: string, { headers }: IncomingMessage, body: unknown): { scenario?: ScenarioName; reply: Reply } {
    const call = routes.get(route);
    if (call === undefined) return { reply: notFound };
    if (publicModels && call === "models") return { reply: publicList };
    const key = headers.authorization?.match(/^Bearer (\S+)$/)?.[1];
    if (key === undefined) return { reply: unauthenticated };
    const { scenario, nth } = accounts.count(key, call);
    const elsewhere = `http://localhost:${port}${elsewherePath}`;
    return { scenario, reply: scenarios[scenario][call]({ key, body, nth, elsewhere }) };
  }

  let closed: Promise<void> | undefined;
  const sandbox: Sandbox = {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: traffic.requests,
    get maxInFlight() {
      return traffic.maxInFlight;
    },
    use(key, scenario) {
      accounts.use(key, scenario);
    },
    revoke(key) {
      accounts.use(key, "wrong-key");
    },
    clearRequests() {
      traffic.clear();
    },
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
  return sandbox;
}
