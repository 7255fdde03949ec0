// npm run bench:preview: what checking costs a preview. A program with 100 connections, each with a key of its own and a
// service that takes 300 ms to answer, against the same program with dynamic resources that call nothing, in turns. These
// have the same properties, since Pulumi's SDK spends a third of a millisecond on each, whatever it is for.
// Prints the ratio last and fails above the limit.

import { ensureEngine } from "../engine/engine.ts";
import { buildPackage } from "../engine/package.ts";
import { createWorkspace, type Workspace } from "../engine/workspace.ts";
import { startBenchSandbox } from "./sandbox.ts";
import { median } from "./statistics.ts";

const RESOURCES = 100;
const LATENCY_MS = 300;
const PAIRS = 7;
const LIMIT = 1.25;

/** The outputs of a connection that are no inputs of this program. */
const outputNames = [
  "models",
  "defaultModel",
  "status",
  "statusReason",
  "keyFingerprint",
  "verifiedAt",
  "servedModel",
  "systemFingerprint",
  "openai",
];

const loop = `
const { createHash } = require("node:crypto");
for (let index = 0; index < ${RESOURCES}; index++) {
  const apiKey = pulumi.secret("sk-" + createHash("sha256").update(String(index)).digest("hex").slice(0, 32));
  make("resource-" + index, { apiKey, baseUrl: process.env.BENCH_URL });
}
`;

const programs = {
  nothing: `
const pulumi = require("@pulumi/pulumi");
const provider = {
  check: async (olds, news) => ({ inputs: news }),
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: "id", outs: inputs }),
};
class Nothing extends pulumi.dynamic.Resource {}
const outputs = Object.fromEntries(${JSON.stringify(outputNames)}.map((name) => [name, undefined]));
const make = (name, args) => {
  const inputs = { ...outputs, displayName: name, verdict: undefined, ...args };
  return new Nothing(provider, name, inputs, { additionalSecretOutputs: ["apiKey", "openai"] });
};
${loop}`,
  connections: `
const pulumi = require("@pulumi/pulumi");
const { DeepSeekConnection } = require("pulumi-deepseek");
const make = (name, args) => new DeepSeekConnection(name, args);
${loop}`,
};

/** Seconds that a preview takes. */
async function time(workspace: Workspace): Promise<number> {
  const started = performance.now();
  const { code, all } = await workspace.preview();
  if (code !== 0) throw new Error(`The preview failed:\n${all}`);
  return (performance.now() - started) / 1_000;
}

await buildPackage();
const engine = await ensureEngine(console.log);
const sandbox = await startBenchSandbox(LATENCY_MS);
const env = { BENCH_URL: sandbox.url, NO_PROXY: "127.0.0.1" };
await using nothing = await createWorkspace({ engine, env, program: { "index.js": programs.nothing } });
await using connections = await createWorkspace({ engine, env, program: { "index.js": programs.connections } });

console.log(`Preview of ${RESOURCES} resources in seconds, ${PAIRS} pairs; the service takes ${LATENCY_MS} ms a call`);
await time(nothing);
await time(connections);
const ratios: number[] = [];
for (let pair = 1; pair <= PAIRS; pair++) {
  const base = await time(nothing);
  const checked = await time(connections);
  ratios.push(checked / base);
  console.log(
    `  ${pair}: nothing called ${base.toFixed(2)}, checked ${checked.toFixed(2)}, ratio ${(checked / base).toFixed(2)}`,
  );
}
await sandbox.stop();

const ratio = median(ratios);
console.log(`median ratio ${ratio.toFixed(2)} (at most ${LIMIT})`);
process.exitCode = ratio <= LIMIT ? 0 : 1;
