export type Kind = "nothing" | "connections" | "in line";

/** The outputs of a connection that are not inputs of these programs. */
export const outputNames = [
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

export const loop = `
const { createHash } = require("node:crypto");
for (let index = 0; index < Number(process.env.BENCH_CONNECTIONS); index++) {
  const apiKey = pulumi.secret("sk-" + createHash("sha256").update(String(index)).digest("hex").slice(0, 32));
  make("resource-" + index, { apiKey });
}
`;

/** Dynamic resources with the properties of a connection, since Pulumi's SDK spends 0.3 ms on each property. */
function alike(check: string): string {
  return `
const pulumi = require("@pulumi/pulumi");
const provider = {
  check: ${check},
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: "id", outs: inputs }),
};
class Alike extends pulumi.dynamic.Resource {}
const baseUrl = "https://api.deepseek.com";
const outputs = Object.fromEntries(${JSON.stringify(outputNames)}.map((name) => [name, undefined]));
const make = (name, args) => {
  const inputs = { ...outputs, baseUrl, displayName: name, verdict: undefined, ...args };
  return new Alike(provider, name, inputs, { additionalSecretOutputs: ["apiKey", "openai"] });
};
${loop}`;
}

/** Programs that create `BENCH_CONNECTIONS` connections to DeepSeek, or comparable resources. */
export const programs: Readonly<Record<Kind, string>> = {
  /** The time that Pulumi itself needs. */
  nothing: alike("async (olds, news) => ({ inputs: news })"),
  connections: `
const pulumi = require("@pulumi/pulumi");
const { DeepSeekConnection } = require("pulumi-deepseek");
const make = (name, args) => new DeepSeekConnection(name, args);
${loop}`,
  /** One call in the provider's function, as in Pulumi's examples of dynamic providers. */
  "in line": alike(`async (olds, news) => {
    const response = await fetch(news.baseUrl + "/models", { headers: { authorization: "Bearer " + news.apiKey } });
    await response.json();
    const failures = response.ok ? [] : [{ property: "", reason: "HTTP " + response.status }];
    return { inputs: news, failures };
  }`),
};
