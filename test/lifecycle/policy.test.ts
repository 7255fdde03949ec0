import { describe, expect, it } from "vitest";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import { freshKey } from "../support/keys.ts";
import { findLeaks } from "../support/leaks.ts";
import { blocksOf } from "../support/markdown.ts";
import { policyFlags, violationsIn } from "../support/policy-pack.ts";
import { read } from "../support/repository.ts";
import { startSandboxWithWorkspaces } from "./sandbox-with-workspaces.ts";

/*
 * The policy pack of examples/policy with connections, on the real engine, which talks to the pack's own server. See
 * test/support/policy-pack.ts for how it is launched. test/aws/policy.test.ts tests it with a monitor.
 */

const { sandbox, key, workspace } = await startSandboxWithWorkspaces();

const day = new Date().toISOString().slice(0, 10);

/** The connection `main` with these arguments, an object literal. */
const connection = (args: string) => ({
  "index.js": `
    const pulumi = require("@pulumi/pulumi");
    const { DeepSeekConnection } = require("pulumi-deepseek");
    const config = new pulumi.Config();
    const [apiKey, url] = [config.requireSecret("key"), config.require("url")];
    new DeepSeekConnection("main", { apiKey, ...${args} });`,
});

const good = `{
  baseUrl: url,
  allowedModels: ["deepseek-flash"],
  defaultModel: "deepseek-flash",
  keyCreatedAt: "${day}",
  rotateAfterDays: 90,
}`;

async function stackOf(args: string, stack = "dev"): Promise<Workspace> {
  const created = await workspace(connection(args));
  await created.setConfig("test:key", key("good"), { secret: true });
  if (stack === "dev") return created;
  await created.run(["stack", "rename", stack]);
  return created;
}

const settings = {
  "deepseek-base-urls": { baseUrls: ["https://api.deepseek.com", `${sandbox.url}/`] },
  "deepseek-models": { models: ["deepseek-flash"] },
  "deepseek-monitored": { monitoredElsewhere: ["main"] },
};

/** Previews a stack with the pack. */
async function preview(stack: Workspace, config: object = settings, name = "dev") {
  const { code, all } = await stack.preview("--stack", name, ...(await policyFlags(stack, config)));
  return { code, all, violations: violationsIn(all) };
}

describe("a connection that keeps every rule of examples/policy", () => {
  it("is deployed without a violation, in production too", async () => {
    await using stack = await stackOf(good, "prod");
    const seen = await preview(stack, settings, "prod");
    expect(seen.violations, seen.all).toEqual([]);
    expect(seen.code).toBe(0);
    const flags = await policyFlags(stack, settings);
    const up = await stack.up("--stack", "prod", ...flags);
    expect(up.code, up.all).toBe(0);
    expect(up.all).not.toContain("[advisory]");
  });
});

it("the pack takes the rules that examples/policy shows, and refuses a misspelt one", async () => {
  const [rules] = blocksOf(read("examples/policy/README.md")).filter(({ language }) => language === "json");
  await using stack = await stackOf(`{ ...${good}, baseUrl: undefined, verify: "none" }`);
  const { code, violations, all } = await preview(stack, JSON.parse(rules?.code ?? ""));
  expect({ code, violations }, all).toEqual({ code: 0, violations: [] });
  const misspelt = await preview(stack, { "deepseek-base-urls": { baseUrls: "https://api.deepseek.com" } });
  expect(misspelt.code).not.toBe(0);
  expect(misspelt.all).toContain("baseUrls: Invalid type. Expected: array, given: string");
});

describe("examples/policy stops a preview, and says what to do, if a connection", () => {
  it.each([
    {
      what: "has another base URL",
      args: good,
      config: { ...settings, "deepseek-base-urls": {} },
      policy: "deepseek-base-urls",
      text: "DeepSeekConnection 'main' has another base URL. Set `baseUrl` to https://api.deepseek.com.",
    },
    {
      what: "may use every model",
      args: `{ ...${good}, allowedModels: undefined }`,
      policy: "deepseek-models",
      text: "DeepSeekConnection 'main' may use every model of its service. Set `allowedModels` to models from this list: deepseek-flash.",
    },
    {
      what: "may use a model that is not approved",
      args: `{ ...${good}, allowedModels: ["deepseek-flash", "deepseek-pro"] }`,
      policy: "deepseek-models",
      text: "DeepSeekConnection 'main' may use a model that is not approved. Set `allowedModels` to models from this list: deepseek-flash.",
    },
    {
      what: "has a default model that is not approved",
      args: `{ ...${good}, allowedModels: ["deepseek-pro"], defaultModel: "deepseek-pro" }`,
      policy: "deepseek-models",
      text: "DeepSeekConnection 'main' has another default model. Set `defaultModel` to deepseek-flash.",
    },
  ])("$what", async ({ args, config = settings, policy, text }) => {
    await using stack = await stackOf(args);
    const { code, violations, all } = await preview(stack, config);
    expect(violations, all).toContainEqual({
      level: "mandatory",
      policy,
      resource: expect.stringContaining("main"),
      text,
    });
    expect(new Set(violations.map((violation) => violation.policy))).toEqual(new Set([policy]));
    expect(code).not.toBe(0);
  });
});

describe("in production only, examples/policy stops", () => {
  const args = `{ ...${good}, baseUrl: "http://gateway.internal.example/v1", allowInsecureHttp: true, verify: "none" }`;
  const config = { ...settings, "deepseek-base-urls": "disabled" };

  it("a connection that is not verified, and one that allows plain http", async () => {
    await using stack = await stackOf(args, "prod-eu");
    const { code, violations, all } = await preview(stack, config, "prod-eu");
    expect(
      violations.map(({ level, policy, text }) => ({ level, policy, text })),
      all,
    ).toEqual([
      {
        level: "mandatory",
        policy: "deepseek-https",
        text: "DeepSeekConnection 'main' allows plain http. Remove `allowInsecureHttp`, and set `baseUrl` to an https address.",
      },
      {
        level: "mandatory",
        policy: "deepseek-verify",
        text:
          "DeepSeekConnection 'main' is not verified. Remove `verify: \"none\"`; if the stack's configuration sets it, run " +
          "'pulumi config rm deepseek:verify'.",
      },
    ]);
    expect(code).not.toBe(0);
  });

  it("and allows both in any other stack, unless its name is configured", async () => {
    await using stack = await stackOf(args);
    const { code, violations, all } = await preview(stack, config);
    expect({ code, violations }, all).toEqual({ code: 0, violations: [] });
    const strict = { ...config, "deepseek-https": { stacks: ["d*"] } };
    expect((await preview(stack, strict)).violations).toMatchObject([{ policy: "deepseek-https" }]);
  });

  it("a connection whose verification the stack's configuration turns off", async () => {
    await using stack = await stackOf(good, "prod");
    await stack.run(["config", "set", "--stack", "prod", "deepseek:verify", "none"]);
    expect((await preview(stack, settings, "prod")).violations).toMatchObject([{ policy: "deepseek-verify" }]);
  });
});

describe("examples/policy only advises", () => {
  it("to say when the key is due for rotation, and to add a monitor", async () => {
    await using stack = await stackOf("{ baseUrl: url, allowedModels: ['deepseek-flash'] }");
    const { code, violations, all } = await preview(stack, { ...settings, "deepseek-monitored": {} });
    expect(code, all).toBe(0);
    expect(violations.map(({ level, policy, text }) => [level, policy, text])).toEqual([
      [
        "advisory",
        "deepseek-monitored",
        "DeepSeekConnection 'main' has no monitor in this stack. Add it to the `connections` of a DeepSeekMonitor; if another " +
          "stack monitors it, add its name to `monitoredElsewhere` of this policy.",
      ],
      [
        "advisory",
        "deepseek-rotation",
        "DeepSeekConnection 'main' does not say how old its key is. Set `keyCreatedAt` to the day on which the key was created.",
      ],
      [
        "advisory",
        "deepseek-rotation",
        "DeepSeekConnection 'main' does not warn when its key is due for rotation. Set `rotateAfterDays` to at most 365.",
      ],
    ]);
  });

  it("unless the level is configured, and it takes the most days from the configuration", async () => {
    await using stack = await stackOf(good);
    const strict = { ...settings, "deepseek-rotation": { enforcementLevel: "mandatory", maxDays: 30 } };
    const { code, violations } = await preview(stack, strict);
    expect(code).not.toBe(0);
    expect(violations).toMatchObject([{ level: "mandatory", text: expect.stringMatching(/ at most 30\.$/) }]);
  });
});

it("what is not known at preview violates no rule of examples/policy, and does once it is known", async () => {
  await using stack = await workspace({
    "index.js": `
      const pulumi = require("@pulumi/pulumi");
      const { DeepSeekConnection } = require("pulumi-deepseek");
      const config = new pulumi.Config();
      // Unknown at preview, as each output of a dynamic resource that does not exist yet.
      const create = async () => ({ id: "later", outs: { url: config.require("url"), model: "deepseek-pro", day: "${day}" } });
      class Later extends pulumi.dynamic.Resource {
        constructor() {
          super({ create }, "later", { url: undefined, model: undefined, day: undefined });
        }
      }
      const { url, model, day } = new Later();
      new DeepSeekConnection("main", {
        apiKey: config.requireSecret("key"),
        baseUrl: url,
        allowedModels: [model, "deepseek-flash"],
        keyCreatedAt: day,
        rotateAfterDays: 90,
      });`,
  });
  await stack.setConfig("test:key", key("good"), { secret: true });
  const { code, violations, all } = await preview(stack);
  expect({ code, violations }, all).toEqual({ code: 0, violations: [] });
  expect(all).not.toContain("can't run");
  const up = await stack.up("--skip-preview", ...(await policyFlags(stack, settings)));
  expect(up.code).not.toBe(0);
  expect(violationsIn(up.all), up.all).toMatchObject([{ policy: "deepseek-models" }]);
});

it("no violation of examples/policy contains a key, a header's value, or anything else of the resource but its name", async () => {
  const planted = {
    key: freshKey(),
    header: freshKey(),
    host: `h${freshKey().slice(-12)}.example.com`,
    model: freshKey().slice(-12),
  };
  await using stack = await workspace(
    connection(`{
      headers: { "x-planted": "${planted.header}" },
      baseUrl: pulumi.secret("http://${planted.host}/v1"),
      allowInsecureHttp: true,
      verify: "none",
      allowedModels: ["${planted.model}"],
      defaultModel: "${planted.model}",
    }`),
  );
  await stack.setConfig("test:key", planted.key, { secret: true });
  await stack.run(["stack", "rename", "prod"]);
  const config = { "deepseek-models": { models: ["deepseek-flash"] } };
  const { violations, all } = await preview(stack, config, "prod");
  // Every policy, so that each text is searched.
  expect(new Set(violations.map(({ policy }) => policy)), all).toEqual(
    new Set(["base-urls", "models", "verify", "https", "rotation", "monitored"].map((name) => `deepseek-${name}`)),
  );
  const said = violations.map((violation) => JSON.stringify(violation)).join("\n");
  for (const secret of [planted.key, planted.header])
    expect(
      findLeaks(secret, [
        ["violations", said],
        ["output", all],
      ]),
    ).toEqual([]);
  for (const value of [planted.host, planted.model]) expect(said).not.toContain(value);
});
