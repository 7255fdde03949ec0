import { describeCanary } from "../lifecycle/canary-journeys.ts";
import { withPlugin } from "./program.ts";

/* The canary of test/lifecycle, with generic resources of the plugin. */

await describeCanary({
  name: "a resource of the plugin",
  // A configured key is sent to the configured base URL only.
  connect: `
const outputs = ["apiKey", "openai", "models", "defaultModel", "displayName", "status", "statusReason", "keyFingerprint"];
const connect = (name, { apiKey, baseUrl, ...args }) => {
  const own = apiKey === undefined ? {} : { apiKey, baseUrl };
  const empty = Object.fromEntries(outputs.map((output) => [output, undefined]));
  return new pulumi.CustomResource("deepseek:index:DeepSeekConnection", name, { ...empty, ...own, ...args });
};`,
  env: withPlugin,
  anywhere: (keys) => Object.fromEntries(Object.entries(keys).filter(([name]) => !name.startsWith("configured"))),
  refusal: (name) => `DeepSeekConnection \\(${name}\\):\\n +error: Preview failed: `,
});
