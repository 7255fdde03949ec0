import { expect, inject, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { programs } from "./programs.ts";
import { Project } from "./project.ts";
import { compilers, oldestSdk } from "./rows.ts";

/** The oldest `@pulumi/aws` that the package takes. */
const oldestAws = manifest.peerDependencies["@pulumi/aws"].replace("^", "");

/** A unit test as a user writes it: the whole monitor against Pulumi's mocks. It prints what was planned. */
const unitTest = `import * as pulumi from "@pulumi/pulumi";
import { DeepSeekMonitor, type DeepSeekMonitorArgs } from "pulumi-deepseek/monitor";

const planned: string[] = [];
pulumi.runtime.setMocks({
  newResource: ({ type, name, inputs }) => {
    planned.push(type);
    return { id: name, state: { ...inputs, name, arn: \`arn:aws:test:eu-central-1:111122223333:\${name}\` } };
  },
  call: () => ({ accountId: "111122223333", region: "eu-central-1", partition: "aws" }),
});
const args: DeepSeekMonitorArgs = { connections: { prod: { apiKey: "${`sk-${"0".repeat(32)}`}" } } };
const monitor = new DeepSeekMonitor("health", args);
pulumi.all([monitor.alarmNames, monitor.dashboardUrl, monitor.scheduleArns]).apply(([alarms]) => {
  console.log(JSON.stringify({ alarms: alarms.length, planned }));
});
`;

const { manifest: typed, files } = programs["TypeScript, ESM"];
const { typescript, ...types } = compilers.oldest;
const base = {
  "@pulumi/pulumi": oldestSdk,
  "pulumi-deepseek": `file:${inject("tarball")}`,
  ...types,
};

it("the monitor's types and a unit test of it work with the oldest @pulumi/aws", async ({ signal }) => {
  await using project = await Project.create({
    manager: "pnpm",
    manifest: { ...typed, dependencies: { ...base, typescript, "@pulumi/aws": oldestAws } },
    program: { ...files, "index.ts": unitTest },
    signal,
  });
  expect(await project.unmetPeers()).toEqual([]);
  const compiled = await project.exec("tsc", "--skipLibCheck", "false");
  expect(compiled.code, compiled.all).toBe(0);
  const { stdout, all } = await project.exec("node", "index.ts");
  expect(all).toContain("planned");
  const { alarms, planned } = JSON.parse(stdout);
  expect(alarms).toBeGreaterThan(5);
  expect(planned).toEqual(
    expect.arrayContaining(["aws:lambda/function:Function", "aws:scheduler/schedule:Schedule", "aws:sns/topic:Topic"]),
  );
});

it("a program that imports the monitor without @pulumi/aws is told what to install", async ({ signal }) => {
  await using project = await Project.create({
    manager: "npm",
    manifest: { main: "index.js", dependencies: base },
    program: { "index.js": 'require("pulumi-deepseek/monitor");' },
    signal,
  });
  const { code, all } = await project.stack.preview();
  expect(code).not.toBe(0);
  expect(all).toMatch(/'pulumi-deepseek\/monitor' deploys resources of '@pulumi\/aws', which is not installed/);
  expect(all).toContain("npm install @pulumi/aws@7");
  expect(all).not.toContain("Cannot find module");
});
