import OpenAI from "openai";
import { Agent, request } from "undici";
import { DeepSeekClient } from "../../dist/provider/deepseek/client.js";
import { undiciHttp } from "../../dist/provider/deepseek/http-undici.js";
import { ProbeMemory } from "../../dist/provider/deepseek/probe-memory.js";
import { systemClock } from "../../dist/provider/deepseek/retry.js";
import { exampleKey as apiKey } from "../support/keys.ts";
import type { Bench, Figure } from "./figure.ts";
import { startBenchSandbox } from "./sandbox.ts";
import { median, ratios } from "./statistics.ts";

/** Uncounted rounds at the start, so that compiled code is compared. */
const WARM_UPS = 15;
const ROUNDS = 25;
const CALLS = 200;
const MAX_OF_UNDICI = 1.4;
const MAX_OF_OPENAI = 1;

/** Measures a GET /models by the core, compared with bare undici and the official openai client, on one server, in turns. */
export const probe: Bench = async (progress) => {
  const sandbox = await startBenchSandbox(0);
  const agent = new Agent({ connections: 1 });
  const openai = new OpenAI({ apiKey, baseURL: sandbox.url, maxRetries: 0 });
  const client = new DeepSeekClient({
    http: undiciHttp,
    apiKey,
    baseUrl: sandbox.url,
    timeoutMs: 10_000,
    maxAttempts: 1,
    record: () => {},
    clock: systemClock,
    memory: new ProbeMemory(),
  });

  const contestants = {
    undici: async () => {
      const headers = { authorization: `Bearer ${apiKey}` };
      const { body } = await request(`${sandbox.url}/models`, { dispatcher: agent, headers });
      await body.json();
    },
    probe: async () => {
      const outcome = await client.models();
      if (outcome.type !== "reply") throw new Error("The probe did not get its models.");
    },
    openai: async () => {
      await openai.models.list();
    },
  };
  type Contestant = keyof typeof contestants;

  /** Milliseconds for each of several sequential calls. */
  async function time(name: Contestant): Promise<number> {
    const started = performance.now();
    for (let call = 0; call < CALLS; call++) await contestants[name]();
    return (performance.now() - started) / CALLS;
  }

  const names = Object.keys(contestants) as Contestant[];
  const times: Record<Contestant, number[]> = { undici: [], probe: [], openai: [] };
  progress(`${WARM_UPS + ROUNDS} rounds of ${names.length} × ${CALLS} calls`);
  for (let round = 1; round <= WARM_UPS; round++) {
    for (const name of names) await time(name);
  }
  for (let round = 1; round <= ROUNDS; round++) {
    for (const name of names) times[name].push(await time(name));
  }
  await agent.close();
  await sandbox.stop();

  const figure = (name: Exclude<Contestant, "probe">, to: string, most: number): Figure => ({
    topic: "one GET /models, of the core",
    of: `one after another, beside ${to}`,
    unit: "ms",
    ours: median(times.probe),
    beside: [{ name: to, value: median(times[name]) }],
    limit: { kind: "ratio", to, ratio: median(ratios(times.probe, times[name])), most },
  });
  return {
    figures: [
      figure("undici", "bare undici", MAX_OF_UNDICI),
      figure("openai", "the official openai client", MAX_OF_OPENAI),
    ],
  };
};
