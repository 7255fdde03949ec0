// npm run bench:probe: what the core adds to a GET /models, against bare undici and against the official openai client, on
// the same server, in turns. Prints the ratios last and fails above the limits.
import OpenAI from "openai";
import { Agent, request } from "undici";
import { DeepSeekClient } from "../../dist/provider/deepseek/client.js";
import { undiciHttp } from "../../dist/provider/deepseek/undici.js";
import { startBenchSandbox } from "./sandbox.ts";
import { median } from "./statistics.ts";

/** Rounds before the counted ones: what is compared is compiled code. */
const WARM_UPS = 15;
const ROUNDS = 25;
const CALLS = 200;
const MAX_OF_UNDICI = 1.5;
const MAX_OF_OPENAI = 1;

const apiKey = "sk-0123456789abcdef0123456789abcdef";
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

/** Milliseconds a call, one call after another. */
async function time(name: Contestant): Promise<number> {
  const started = performance.now();
  for (let call = 0; call < CALLS; call++) await contestants[name]();
  return (performance.now() - started) / CALLS;
}

const names = Object.keys(contestants) as Contestant[];
const times: Record<Contestant, number[]> = { undici: [], probe: [], openai: [] };
for (let round = 1; round <= WARM_UPS; round++) {
  for (const name of names) await time(name);
}
for (let round = 1; round <= ROUNDS; round++) {
  for (const name of names) times[name].push(await time(name));
}
await agent.close();
await sandbox.stop();

/** The median of the ratios of each round: what drifts on the machine drifts in both. */
function ratio(over: Contestant): number {
  return median(times.probe.map((value, round) => value / (times[over][round] ?? Number.NaN)));
}

console.log(`GET /models, ${ROUNDS} rounds of ${CALLS} calls, one after another, median milliseconds a call`);
for (const name of names) console.log(`  ${name.padEnd(8)} ${median(times[name]).toFixed(3)}`);
const ofUndici = ratio("undici");
const ofOpenai = ratio("openai");
console.log(`probe / undici ${ofUndici.toFixed(2)} (at most ${MAX_OF_UNDICI})`);
console.log(`probe / openai ${ofOpenai.toFixed(2)} (below ${MAX_OF_OPENAI})`);
process.exitCode = ofUndici <= MAX_OF_UNDICI && ofOpenai < MAX_OF_OPENAI ? 0 : 1;
