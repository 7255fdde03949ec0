import { beforeAll, describe, expect, test } from "vitest";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import { freshKey } from "../support/keys.ts";
import { findLeaks } from "../support/leaks.ts";
import { policyFlags, violationsIn } from "../support/policy-pack.ts";
import { type LocalCloud, startLocalCloud } from "./local-cloud.ts";

/*
 * The policy pack of examples/policy with a real monitor, on the real engine, which talks to the pack's own server. See
 * test/support/policy-pack.ts for how it is launched. test/lifecycle/policy.test.ts tests it with connections.
 */

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud();
}, 300_000);

const program = (body: string) => ({
  "index.js": `
    const pulumi = require("@pulumi/pulumi");
    const { DeepSeekConnection } = require("pulumi-deepseek");
    const { DeepSeekMonitor } = require("pulumi-deepseek/monitor");
    const config = new pulumi.Config();
    const [apiKey, baseUrl] = [config.requireSecret("key"), config.require("baseUrl")];
    ${body}`,
});

const key = freshKey();

async function stackOf(name: string, body: string): Promise<Workspace> {
  const stack = await cloud.workspace(program(body), name, { baseUrl: cloud.sandbox.url });
  cloud.sandbox.use(key, "good");
  await stack.setConfig("key", key, { secret: true });
  return stack;
}

/** Runs a command with the pack. */
async function run(stack: Workspace, command: "preview" | "up", config: object) {
  const flags = await policyFlags(stack, config);
  const { code, all } = await (command === "up" ? stack.up("--skip-preview", ...flags) : stack.preview(...flags));
  return { code, all, violations: violationsIn(all) };
}

describe("deepseek-monitored of examples/policy", { timeout: 300_000 }, () => {
  const only = (level: string) => ({
    "deepseek-base-urls": "disabled",
    "deepseek-rotation": "disabled",
    "deepseek-monitored": level,
  });

  test("finds the connection without a monitor among those that have one, at preview, in the first deployment and afterwards", async () => {
    const stack = await stackOf(
      "policy-monitored",
      `const [a, b, c] = ["a", "b", "c"].map((name) => new DeepSeekConnection(name, { apiKey, baseUrl }));
      new DeepSeekMonitor("health", { connections: { a, first: b } });`,
    );
    const found = [
      {
        level: "advisory",
        policy: "deepseek-monitored",
        resource: "pulumi-nodejs:dynamic/deepseek:DeepSeekConnection: c",
        text: expect.stringMatching(/^DeepSeekConnection 'c' has no monitor in this stack\. /),
      },
    ];
    for (const command of ["preview", "up", "preview"] as const) {
      const { code, violations, all } = await run(stack, command, only("advisory"));
      expect(code, all).toBe(0);
      expect(violations, all).toEqual(found);
    }
  });

  test("finds the monitor in a component, and does not count another use of the connection", async () => {
    const stack = await stackOf(
      "policy-nested",
      `class Platform extends pulumi.ComponentResource {
        constructor() {
          super("acme:index:Platform", "platform");
          const monitored = new DeepSeekConnection("monitored", { apiKey, baseUrl }, { parent: this });
          new DeepSeekMonitor("health", { connections: { monitored } }, { parent: this });
        }
      }
      new Platform();
      const aws = require("@pulumi/aws");
      const used = new DeepSeekConnection("used", { apiKey, baseUrl });
      const secret = new aws.secretsmanager.Secret("used");
      new aws.secretsmanager.SecretVersion("used", { secretId: secret.id, secretString: used.apiKey });`,
    );
    const { code, violations, all } = await run(stack, "preview", only("mandatory"));
    expect(code).not.toBe(0);
    expect(
      violations.map(({ resource }) => resource),
      all,
    ).toEqual([expect.stringMatching(/: used$/)]);
  });
});

describe("the rules of examples/policy for connections hold for those that a monitor gets as plain objects", () => {
  test("which are named with the monitor, without a value", { timeout: 300_000 }, async () => {
    const header = freshKey();
    const stack = await stackOf(
      "policy-objects",
      `const headers = { "x-planted": "${header}" };
      new DeepSeekMonitor("health", {
        connections: {
          approved: { apiKey, baseUrl },
          other: { apiKey, headers, baseUrl: "http://gateway.internal.example/v1", allowInsecureHttp: true, defaultModel: "deepseek-pro" },
        },
      });`,
    );
    const { code, violations, all } = await run(stack, "preview", {
      "deepseek-base-urls": { baseUrls: [cloud.sandbox.url] },
      "deepseek-models": { models: ["deepseek-flash"] },
      "deepseek-https": { stacks: ["*"] },
    });
    expect(code).not.toBe(0);
    expect(
      violations.map(({ policy, text }) => [policy, text]),
      all,
    ).toEqual([
      [
        "deepseek-base-urls",
        `'other' of DeepSeekMonitor 'health' has another base URL. Set \`baseUrl\` to ${cloud.sandbox.url}.`,
      ],
      [
        "deepseek-https",
        "'other' of DeepSeekMonitor 'health' allows plain http. Remove `allowInsecureHttp`, and set `baseUrl` to an https address.",
      ],
      [
        "deepseek-models",
        "'other' of DeepSeekMonitor 'health' has another default model. Set `defaultModel` to deepseek-flash.",
      ],
    ]);
    for (const secret of [key, header]) expect(findLeaks(secret, [["output", all]])).toEqual([]);
  });
});
