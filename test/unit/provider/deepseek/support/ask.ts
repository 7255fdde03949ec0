import type { CallRecord } from "../../../../../provider/deepseek/exchange.ts";
import type { Http } from "../../../../../provider/deepseek/http.ts";
import { nodeHttp, nodeTransport } from "../../../../../provider/deepseek/http-node.ts";
import { undiciHttp } from "../../../../../provider/deepseek/http-undici.ts";
import { type ProbeRequest, type ProbeResult, probe } from "../../../../../provider/deepseek/probe.ts";
import { ProbeMemory } from "../../../../../provider/deepseek/probe-memory.ts";
import { systemClock } from "../../../../../provider/deepseek/retry.ts";
import type { ScenarioName } from "../../../../../provider/sandbox/scenarios.ts";
import type { RecordedRequest, Sandbox } from "../../../../../provider/sandbox/server.ts";
import { freshKey } from "../../../../support/keys.ts";

/** The transports of the provider, the rehearsal and the monitor. All tests over HTTP use all of them. */
export const transports: readonly (readonly [string, Http])[] = [
  ["undici", undiciHttp],
  ["node:http", nodeHttp],
  ["node:http with kept connections", nodeTransport().http],
];

/** One attempt of each call, with the test call and a deadline that a healthy answer always meets. */
const patient = { testCall: "always", timeoutMs: 10_000, maxAttempts: 1 } as const;

export interface Asked {
  readonly key: string;
  readonly result: ProbeResult;
  readonly records: readonly CallRecord[];
}

/** Probes a base URL. */
export async function ask(
  http: Http,
  request: Partial<ProbeRequest> & { readonly baseUrl: string },
  memory = new ProbeMemory(),
): Promise<Asked> {
  const records: CallRecord[] = [];
  const key = request.apiKey ?? freshKey();
  const wanted = { ...patient, ...request, apiKey: key };
  const result = await probe(wanted, http, (record) => records.push(record), systemClock, memory);
  return { key, result, records };
}

/** Probes a sandbox with a new key for a scenario. */
export async function askSandbox(
  sandbox: Sandbox,
  http: Http,
  scenario: ScenarioName,
  options: Partial<ProbeRequest> = {},
): Promise<Asked & { readonly requests: readonly RecordedRequest[] }> {
  const apiKey = freshKey();
  sandbox.use(apiKey, scenario);
  const asked = await ask(http, { baseUrl: sandbox.url, ...options, apiKey });
  return { ...asked, requests: sandbox.requests.filter(({ authorization }) => authorization === `Bearer ${apiKey}`) };
}

/** The number of calls of models, balance and chat. */
export function countCalls(calls: readonly { readonly path: string }[]): [number, number, number] {
  const count = (path: string) => calls.filter((call) => call.path === path).length;
  return [count("/models"), count("/user/balance"), count("/chat/completions")];
}

/** A verdict in one line, for expectations. */
export function verdictLine({ verdict }: ProbeResult): string {
  return verdict.kind === "valid" ? "valid" : `${verdict.kind}: ${verdict.cause} ${verdict.nextStep}`;
}
