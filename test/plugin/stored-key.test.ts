import { expect, inject, it, onTestFinished } from "vitest";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import { startSandbox } from "../../provider/sandbox/server.ts";
import { deployedResources } from "../support/deployed-resources.ts";
import { freshKey } from "../support/keys.ts";
import { findLeaks } from "../support/leaks.ts";
import { withPlugin } from "./program.ts";

/* Where Pulumi itself stores a configured key, as provider/GUIDE.md says. The plugin cannot prevent it. */

async function stackWith(program: string): Promise<{ readonly stack: Workspace; readonly key: string }> {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const key = freshKey();
  sandbox.use(key, "good");
  const engine = inject("engine");
  const config = { "deepseek:baseUrl": sandbox.url };
  const stack = await createWorkspace({ engine, program: { "index.js": program }, config, env: withPlugin(engine) });
  onTestFinished(() => stack.remove());
  return { stack, key };
}

/** The inputs of the provider in the state. */
async function providerIn(stack: Workspace): Promise<Readonly<Record<string, unknown>>> {
  return deployedResources(await stack.exportStack()).the("pulumi:providers:deepseek").inputs;
}

it("'pulumi import' stores the configured key with the provider, encrypted, and the next 'up' removes it", async () => {
  const { stack, key } = await stackWith(`
const pulumi = require("@pulumi/pulumi");
new pulumi.CustomResource("deepseek:index:DeepSeekConnection", "main", {}, { protect: true });
`);
  await stack.setConfig("deepseek:apiKey", key, { secret: true });
  const type = "deepseek:index:DeepSeekConnection";
  const imported = await stack.run(["import", "--yes", "--generate-code=false", type, "main", "any-id"]);
  expect(imported.code, imported.all).toBe(0);
  expect(await providerIn(stack)).toMatchObject({ apiKey: { ciphertext: expect.any(String) } });

  const up = await stack.up();
  expect(up.code, up.all).toBe(0);
  expect(await providerIn(stack)).not.toHaveProperty("apiKey");
  const sinks = [imported, up].map(({ all }, index) => [`output ${index}`, all] as const);
  expect(findLeaks(key, [...sinks, ...(await stack.files())])).toEqual([]);
});

it("a key that is configured in plain text is encrypted in the state, but not in the stack's file and its history", async () => {
  const { stack, key } = await stackWith(`
const pulumi = require("@pulumi/pulumi");
new pulumi.CustomResource("deepseek:index:DeepSeekConnection", "main", {});
`);
  await stack.setConfig("deepseek:apiKey", key);
  const up = await stack.up();
  expect(up.code, up.all).toBe(0);
  expect(await providerIn(stack)).not.toHaveProperty("apiKey");
  const files = [...(await stack.files())].filter(([, content]) => content.includes(key)).map(([file]) => file);
  expect(files).toEqual(["program/Pulumi.dev.yaml", expect.stringMatching(/\/history\/.*\.history\.json$/)]);
  expect(findLeaks(key, [["what 'pulumi up' prints", up.all]])).toEqual([]);
});

it("'pulumi import' stores a key that is configured in plain text with the provider in plain text", async () => {
  const { stack, key } = await stackWith("");
  await stack.setConfig("deepseek:apiKey", key);
  const type = "deepseek:index:DeepSeekConnection";
  const imported = await stack.run(["import", "--yes", "--generate-code=false", type, "main", "any-id"]);
  expect(imported.code, imported.all).toBe(0);
  expect(await providerIn(stack)).toMatchObject({ apiKey: key });
});
