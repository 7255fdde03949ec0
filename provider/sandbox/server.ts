import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Accounts } from "./accounts.ts";
import { answerControl, controlPrefix } from "./control.ts";
import { listOf, type Profile, pathsOf } from "./profile.ts";
import { type ProfileName, profiles } from "./profiles.ts";
import type { Call, Question } from "./question.ts";
import { json, type Reply, refused, send } from "./reply.ts";
import { type Scenario, type ScenarioName, scenariosOf } from "./scenarios.ts";
import { type RecordedRequest, readBody, Traffic } from "./traffic.ts";

export type { RecordedRequest } from "./traffic.ts";

/** A running server on loopback that answers as a service does, according to the scenario of the request's key. */
export interface Sandbox {
  /** Its address, for example `http://127.0.0.1:4242`. DeepSeek's base URL has no path, so it is the base URL, too. */
  readonly url: string;
  /** The base URL, which has the same path as the service's: for OpenRouter, `http://127.0.0.1:4242/api/v1`. */
  readonly baseUrl: string;
  readonly port: number;
  /** What it can do with a key, by name: those of the service's answers that are known. */
  readonly scenarios: ReadonlyMap<ScenarioName, Scenario>;
  /** Every request so far, except those to the sandbox's own paths under `/sandbox/`. */
  readonly requests: readonly RecordedRequest[];
  /** The highest number of requests in flight at once since the last `clearRequests`. */
  readonly maxInFlight: number;
  /** Sets the key's scenario, which starts from its beginning. @throws if the profile does not have this scenario */
  use(key: string, scenario: ScenarioName): void;
  /** Makes the key unknown. @throws if the service accepts every key */
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
  /** The service that the sandbox stands in for. Default `deepseek`. */
  readonly profile?: ProfileName;
  /** The scenario of a key that has none of its own. Default `wrong-key`, or `good` if the service accepts every key. */
  readonly defaultScenario?: ScenarioName;
  /**
   * Whether anyone may list the models: a request with any key, or without one, gets the list. The other calls answer as
   * the key's scenario does. Default: as the profile's service does. At DeepSeek, the list needs a key.
   */
  readonly publicModels?: boolean;
  /** Called when a request to the service's API has arrived. The answer waits for a promise that this returns. */
  readonly onRequest?: (request: RecordedRequest) => unknown;
  /** Called when a request has ended. */
  readonly onExchange?: (exchange: Exchange) => void;
}

/** The call that a request makes, if its path is one of the service's. The balance is at the root only. */
function callOf(profile: Profile, paths: readonly string[], route: string): Call | undefined {
  if (route === "GET /user/balance" && profile.balance !== undefined) return "balance";
  if (paths.some((path) => route === `GET ${path}/models`)) return "models";
  return paths.some((path) => route === `POST ${path}/chat/completions`) ? "chat" : undefined;
}

/** The service's answer to a path that it does not have. */
function unknownPath(profile: Profile, paths: readonly string[], question: Question): Reply {
  const { outside } = profile.refusals;
  const isInside = paths.some((path) => question.path.startsWith(`${path}/`));
  return refused(isInside || outside === undefined ? profile.unknownPath : outside, question);
}

/**
 * The path to which the scenario `redirect` redirects: on the same server, but at another host name and thus origin.
 */
const elsewherePath = "/elsewhere";

/** Starts a sandbox. Rejects with the system's error, such as `EADDRINUSE`, if the port cannot be used. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { latencyMs = 0, slowMs = 60_000, profile: name = "deepseek", onRequest, onExchange } = options;
  const profile: Profile = profiles[name];
  const paths = pathsOf(profile);
  const scenarios = scenariosOf(profile);
  const { publicModels = profile.hasPublicList ?? false } = options;
  const { defaultScenario = scenarios.has("wrong-key") ? "wrong-key" : "good" } = options;
  const known = (scenario: ScenarioName): ScenarioName => {
    if (scenarios.has(scenario)) return scenario;
    throw new Error(
      `The profile '${name}' has no scenario '${scenario}'. Choose one of these: ${[...scenarios.keys()].join(", ")}.`,
    );
  };
  const accounts = new Accounts(known(defaultScenario));
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
      asked = path === elsewherePath ? { reply: json(200, {}) } : ask(method, path, request, body);
      if (latencyMs > 0) await delay(latencyMs, undefined, { signal: gone });
    }
    await send(asked.reply, response, { slowMs, headers: profile.headers?.() ?? {}, gone });
  }

  function ask(
    method: string,
    path: string,
    { headers }: IncomingMessage,
    body: unknown,
  ): { scenario?: ScenarioName; reply: Reply } {
    const key = headers.authorization?.match(/^Bearer (\S+)$/)?.[1];
    const question = {
      method,
      path,
      key: key ?? "",
      body,
      nth: 0,
      elsewhere: `http://localhost:${port}${elsewherePath}`,
    };
    const { routing, refusals } = profile;
    const call = callOf(profile, paths, `${method} ${path}`);
    if (call === undefined) return { reply: unknownPath(profile, paths, question) };
    if (routing !== undefined && headers[routing.header] === undefined) {
      return { reply: refused(routing.refusal, question) };
    }
    if (publicModels && call === "models") return { reply: json(200, listOf(profile)) };
    const atList = call === "models" ? refusals.wrongKeyAtList : undefined;
    const withoutKey = refusals.withoutKey ?? atList ?? refusals.wrongKey;
    if (key === undefined && withoutKey !== undefined) return { reply: refused(withoutKey, question) };
    const { scenario, nth } = accounts.count(question.key, call);
    return { scenario, reply: answerIn(scenario, call, { ...question, nth }) };
  }

  function answerIn(scenario: ScenarioName, call: Call, question: Question): Reply {
    const answers = scenarios.get(scenario);
    if (answers === undefined) throw new Error(`The scenario '${scenario}' was used without being known.`);
    return answers[call](question);
  }

  let closed: Promise<void> | undefined;
  const sandbox: Sandbox = {
    url: `http://127.0.0.1:${port}`,
    baseUrl: `http://127.0.0.1:${port}${paths[0]}`,
    scenarios,
    port,
    requests: traffic.requests,
    get maxInFlight() {
      return traffic.maxInFlight;
    },
    use(key, scenario) {
      accounts.use(key, known(scenario));
    },
    revoke(key) {
      accounts.use(key, known("wrong-key"));
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
