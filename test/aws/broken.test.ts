import { ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { beforeAll, expect, test } from "vitest";
import { type Stage, setStage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
}, 300_000);

/** A monitor whose function gets another code than the package's. */
const program = {
  "index.js": `
    const pulumi = require("@pulumi/pulumi");
    const { DeepSeekMonitor } = require("pulumi-deepseek/monitor");
    const config = new pulumi.Config();
    const code = new pulumi.asset.FileArchive("./code");
    const replaceCode = ({ type, props, opts }) =>
      type === "aws:lambda/function:Function" ? { props: { ...props, code }, opts } : undefined;
    const prod = { apiKey: config.requireSecret("key"), baseUrl: config.require("baseUrl") };
    new DeepSeekMonitor("health", { connections: { prod } }, { transformations: [replaceCode] });`,
  "code/index.js": "throw new Error('broken on purpose');",
};

test("a function that cannot start fails the deployment, and no schedule invokes it", {
  timeout: 120_000,
}, async () => {
  const { clients, sandbox } = stage;
  const workspace = await stage.workspace(program, "broken", { baseUrl: sandbox.url });
  await workspace.setConfig("key", "sk-0123456789abcdef0123456789abcdef", { secret: true });
  const { code, all } = await workspace.up();
  expect(code).not.toBe(0);
  expect(all).toMatch(/aws:lambda:Invocation \(health-shard-0\):[\s\S]*invoking Lambda Function .*broken on purpose/);

  expect((await clients.scheduler.send(new ListSchedulesCommand({}))).Schedules).toEqual([]);
  expect(await workspace.destroy()).toMatchObject({ code: 0 });
});
