import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { oneConnection, program } from "../support/programs.ts";
import { startSandboxWithWorkspaces } from "./sandbox-with-workspaces.ts";

/* Pulumi's resource options and flags. */

const { sandbox, key, workspace } = await startSandboxWithWorkspaces();

describe("dependsOn", () => {
  /** A dynamic resource whose creation makes the key good, as the deployment of a gateway would. */
  const gateway = `
const opener = {
  create: async ({ url, apiKey }) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const body = JSON.stringify({ key: apiKey, scenario: "good" });
    await fetch(url + "/sandbox/scenario", { method: "PUT", body });
    return { id: "gateway" };
  },
};
class Gateway extends pulumi.dynamic.Resource {
  constructor(opts) { super(opener, "gateway", { url: baseUrl, apiKey: config.requireSecret("key") }, opts); }
}
class Site extends pulumi.ComponentResource {
  constructor() { super("test:index:Site", "site"); new Gateway({ parent: this }); }
}
`;

  it.each([
    ["a resource", "new Gateway()"],
    ["a component", "[new Site()]"],
  ])("on %s makes the check wait until it exists", async (_, dependency) => {
    await using stack = await workspace(
      program(`
const config = new pulumi.Config("test");
${gateway}
const apiKey = config.requireSecret("key");
new DeepSeekConnection("main", { baseUrl, apiKey }, { dependsOn: ${dependency} });
`),
    );
    await stack.setConfig("test:key", key("wrong-key"), { secret: true });
    // At preview the gateway does not exist yet; the update must find it.
    expect((await stack.preview()).code).not.toBe(0);
    expect(await stack.up("--skip-preview")).toMatchObject({ code: 0 });
  });
});

describe("ignoreChanges of the key", () => {
  const ignoring = oneConnection("", '{ ignoreChanges: ["apiKey"] }');

  it("checks the key in state, even if the program's key is bad", async () => {
    await using stack = await workspace(ignoring);
    const first = key("good");
    await stack.setConfig("deepseek:apiKey", first, { secret: true });
    expect(await stack.up()).toMatchObject({ code: 0 });
    await stack.setConfig("deepseek:apiKey", key("wrong-key"), { secret: true });
    const { code, all } = await stack.up();
    expect({ code, rejected: /rejects/.test(all) }).toEqual({ code: 0, rejected: false });
    expect(await stack.outputs({ showSecrets: true })).toMatchObject({ apiKey: first });
  });

  it("checks the key in state, even if the program's key is good", async () => {
    await using stack = await workspace(ignoring);
    const first = key("good");
    await stack.setConfig("deepseek:apiKey", first, { secret: true });
    expect(await stack.up()).toMatchObject({ code: 0 });
    sandbox.revoke(first);
    await stack.setConfig("deepseek:apiKey", key("good"), { secret: true });
    const { code, all } = await stack.preview();
    expect(code).not.toBe(0);
    expect(all).toMatch(/has a problem: apiKey .* rejects this API key/);
  });
});

it("a rename by alias keeps the connection and makes no test call", async () => {
  await using stack = await workspace(oneConnection());
  await stack.setConfig("deepseek:apiKey", key("good"), { secret: true });
  expect(await stack.up()).toMatchObject({ code: 0 });
  const id = (await stack.exportStack()).match(/deepseek-connection-[0-9a-f-]{36}/)?.[0];
  await stack.write(
    "index.js",
    oneConnection("", '{ aliases: [{ name: "main" }] }')["index.js"]?.replace('"main", {', '"renamed", {') ?? "",
  );
  sandbox.clearRequests();
  const { code, all } = await stack.up();
  expect({ code, replaced: /replace|delete/.test(all) }).toEqual({ code: 0, replaced: false });
  expect(sandbox.requests.filter(({ method }) => method === "POST")).toEqual([]);
  const state = await stack.exportStack();
  expect(state).toContain("DeepSeekConnection::renamed");
  expect(state).toContain(String(id));
});

it("protect keeps the connection from being destroyed until it is lifted", async () => {
  await using stack = await workspace(oneConnection("", "{ protect: true }"));
  await stack.setConfig("deepseek:apiKey", key("good"), { secret: true });
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect((await stack.destroy()).code).not.toBe(0);
  await stack.write("index.js", oneConnection()["index.js"] ?? "");
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(await stack.destroy()).toMatchObject({ code: 0 });
});

it("--target deploys one connection while another's new key is rejected", async () => {
  await using stack = await workspace(
    program(`
const config = new pulumi.Config("test");
new DeepSeekConnection("one", { baseUrl, apiKey: config.requireSecret("one") });
new DeepSeekConnection("two", { baseUrl, apiKey: config.requireSecret("two") });
`),
  );
  for (const name of ["one", "two"]) await stack.setConfig(`test:${name}`, key("good"), { secret: true });
  expect(await stack.up()).toMatchObject({ code: 0 });
  await stack.setConfig("test:one", key("good"), { secret: true });
  await stack.setConfig("test:two", key("wrong-key"), { secret: true });
  expect((await stack.up()).code).not.toBe(0);
  const target = "urn:pulumi:dev::test::pulumi-nodejs:dynamic/deepseek:DeepSeekConnection::one";
  const { code, all } = await stack.up("--target", target);
  expect({ code, updated: /1 updated/.test(all) }).toEqual({ code: 0, updated: true });
});

it("a saved plan is deployed as it was saved, and contains no key", async () => {
  await using stack = await workspace(oneConnection());
  const apiKey = key("good");
  await stack.setConfig("deepseek:apiKey", apiKey, { secret: true });
  const env = { PULUMI_EXPERIMENTAL: "true" };
  expect(await stack.run(["preview", "--save-plan", "plan.json"], { env })).toMatchObject({ code: 0 });
  const plan = await readFile(join(stack.directory, "plan.json"), "utf8");
  expect(plan).toContain("DeepSeekConnection");
  expect(plan).not.toContain(apiKey.slice(-8));
  expect(await stack.run(["up", "--yes", "--plan", "plan.json"], { env })).toMatchObject({ code: 0 });
  expect(await stack.outputs()).toMatchObject({ status: "valid" });
});

it("--debug shows the audit trail: one line for each call, including create's test call", async () => {
  await using stack = await workspace(oneConnection());
  await stack.setConfig("deepseek:apiKey", key("good"), { secret: true });
  const { all } = await stack.up("--debug", "--skip-preview");
  const calls =
    all.match(/deepseek call \{.*\}/g)?.map((line) => JSON.parse(line.slice("deepseek call ".length))) ?? [];
  const chat = { method: "POST", path: "/chat/completions", status: 200, attempt: 1, tokens: 10 };
  expect(calls).toContainEqual({ ...chat, milliseconds: expect.any(Number), traceId: expect.any(String) });
  expect(calls.some(({ path }) => path === "/user/balance")).toBe(true);
  expect((await stack.up()).all).not.toContain("deepseek call");
});
