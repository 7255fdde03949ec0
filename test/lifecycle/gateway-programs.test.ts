import { readFileSync } from "node:fs";
import { afterAll, beforeEach, expect, inject, it } from "vitest";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import type { ProfileName } from "../../provider/sandbox/profiles.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import { startHosts } from "../support/deepseek-host.ts";
import { freshKey } from "../support/keys.ts";
import { blocksOf } from "../support/markdown.ts";

/* The programs of examples/gateway/README.md, unchanged, on the real engine. Their hosts are on this machine. */

/** The services of the programs: the host of each, and the configuration with its key. */
const services = {
  litellm: ["litellm.example.com", "litellmKey"],
  openrouter: ["openrouter.ai", "openRouterKey"],
  azure: ["example.services.ai.azure.com", "azureKey"],
  portkey: ["portkey.example.com", "deepSeekKey"],
  vllm: ["vllm.internal:8000", "vllmKey"],
} as const satisfies Partial<Record<ProfileName, readonly [string, string]>>;

type Service = keyof typeof services;
const names = Object.keys(services) as Service[];

const started = await Promise.all(names.map(async (profile) => [profile, await startSandbox({ profile })] as const));
const sandboxes = Object.fromEntries(started) as Record<Service, Sandbox>;
const remote = names.filter((name) => name !== "vllm");
const hosts = await startHosts(Object.fromEntries(remote.map((name) => [services[name][0], sandboxes[name].url])));
afterAll(async () => {
  for (const server of [hosts, ...Object.values(sandboxes)]) await server.close();
});
beforeEach(() => {
  for (const sandbox of Object.values(sandboxes)) sandbox.clearRequests();
});

const page = readFileSync(new URL("../../examples/gateway/README.md", import.meta.url), "utf8");
const source = blocksOf(page)
  .filter(({ language, heading }) => language === "ts" && heading === "Programs for five of them")
  .map(({ code }) => code)
  .join("\n");
/** An address of this machine that counts as another machine's, since plain http goes through no proxy. */
const program = source.replace(services.vllm[0], `[::ffff:127.0.0.1]:${sandboxes.vllm.port}`);

/** A stack with the programs, and with keys that have these scenarios. */
async function stackWith(scenarios: Readonly<Record<Service, ScenarioName>>): Promise<Workspace> {
  const files = { "index.ts": program, "package.json": JSON.stringify({ main: "index.ts" }) };
  const stack = await createWorkspace({ engine: inject("engine"), program: files, env: hosts.env });
  for (const name of names) {
    const key = freshKey();
    sandboxes[name].use(key, scenarios[name]);
    await stack.setConfig(services[name][1], key, { secret: true });
  }
  return stack;
}

const all = (scenario: ScenarioName) =>
  Object.fromEntries(names.map((name) => [name, scenario])) as Record<Service, ScenarioName>;

/** Whether each service got the test call. */
const tested = () => names.filter((name) => sandboxes[name].requests.some(({ method }) => method === "POST"));

it("each program of the page for gateways passes a preview, which is free where the page says so", async () => {
  for (const name of names) expect(program).toContain(`new DeepSeekConnection("${name}", {`);
  await using stack = await stackWith(all("good"));
  const { code, all: output } = await stack.preview();
  expect(code, output).toBe(0);
  expect(tested()).toEqual(["openrouter"]);
  const warnings = new Set(output.match(/warning: .*/g));
  expect([...warnings]).toEqual([expect.stringContaining("because allowInsecureHttp is set")]);
  for (const name of names) expect(sandboxes[name].requests.length, name).toBeGreaterThan(1);
  expect(sandboxes.portkey.requests.every(({ headers }) => headers["x-portkey-provider"] === "deepseek")).toBe(true);
});

it("each program of the page for gateways is deployed, with the test call", async () => {
  await using stack = await stackWith(all("good"));
  const { code, all: output } = await stack.up();
  expect(code, output).toBe(0);
  expect(tested()).toEqual(names);
});

it("each program of the page for gateways fails at preview if the service rejects the key", async () => {
  await using stack = await stackWith(all("wrong-key"));
  const { code, all: output } = await stack.preview();
  expect(code).not.toBe(0);
  for (const name of names) expect(output, name).toMatch(new RegExp(`'${name}'[^]*?rejects this API key`));
});

it("a service of a program says that the funds are used up, and the preview of OpenRouter's warns", async () => {
  await using stack = await stackWith({ ...all("good"), openrouter: "unfunded", litellm: "unfunded" });
  const { code, all: output } = await stack.preview();
  expect(code, output).toBe(0);
  expect(output).toContain("Insufficient credits");
  // The list proves the virtual key, so a used-up budget shows at the deployment only.
  expect(output).not.toContain("Budget has been exceeded");
  expect((await stack.up("--skip-preview")).all).toContain("Budget has been exceeded");
});
