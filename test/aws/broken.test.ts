import { ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { beforeAll, expect, test } from "vitest";
import { exampleKey } from "../support/keys.ts";
import { type LocalCloud, startLocalCloud } from "./local-cloud.ts";

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud();
}, 300_000);

/** A monitor whose function has broken code if the configuration sets `broken`. */
const program = {
  "index.js": `
    const pulumi = require("@pulumi/pulumi");
    const { DeepSeekMonitor } = require("pulumi-deepseek/monitor");
    const config = new pulumi.Config();
    const code = new pulumi.asset.FileArchive("./code");
    const replaceCode = ({ type, props, opts }) =>
      type === "aws:lambda/function:Function" ? { props: { ...props, code }, opts } : undefined;
    const prod = { apiKey: config.requireSecret("key"), baseUrl: config.require("baseUrl") };
    const transformations = config.getBoolean("broken") ? [replaceCode] : [];
    new DeepSeekMonitor("health", { connections: { prod }, testCall: config.get("testCall") }, { transformations });`,
  "code/index.js": "throw new Error('broken on purpose');",
};

/** The output of a failed smoke test. */
const failure = /aws:lambda:Invocation \(health\/shard-0\):[\s\S]*invoking Lambda Function .*broken on purpose/;

async function workspace(name: string, config: Readonly<Record<string, string>>) {
  const made = await cloud.workspace(program, name, { baseUrl: cloud.sandbox.url, ...config });
  cloud.sandbox.use(exampleKey, "good");
  await made.setConfig("key", exampleKey, { secret: true });
  return made;
}

test("a function that cannot start fails the deployment, and no schedule invokes it", {
  timeout: 120_000,
}, async () => {
  const stack = await workspace("broken", { broken: "true" });
  const { code, all } = await stack.up();
  expect(code).not.toBe(0);
  expect(all).toMatch(failure);

  expect((await cloud.clients.scheduler.send(new ListSchedulesCommand({}))).Schedules).toEqual([]);
  expect(await stack.destroy()).toMatchObject({ code: 0 });
});

test("a function that a change breaks fails each deployment until it is fixed", {
  timeout: 180_000,
}, async () => {
  const stack = await workspace("broken-later", {});
  expect(await stack.up("--skip-preview")).toMatchObject({ code: 0 });
  await stack.setConfig("testCall", "models");
  await stack.setConfig("broken", "true");
  for (const run of ["with the change", "with nothing changed since"]) {
    const { code, all } = await stack.up("--skip-preview");
    expect(code, run).not.toBe(0);
    expect(all, run).toMatch(failure);
  }
  await stack.setConfig("broken", "false");
  expect(await stack.up("--skip-preview")).toMatchObject({ code: 0 });
  // The smoke tests leave nothing to delete, even if the function is broken.
  await stack.setConfig("broken", "true");
  expect(await stack.destroy()).toMatchObject({ code: 0 });
});
