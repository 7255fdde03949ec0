import { describe, expect, inject, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { programs } from "./programs.ts";
import { Project } from "./project.ts";
import { compilers, oldestSdk } from "./rows.ts";

/** The oldest `@pulumi/aws` that the package promises to work with: older ones drop the warm-up of a new alarm. */
const oldestAws = manifest.peerDependencies["@pulumi/aws"].replace("^", "");

/** A user's unit test: the whole monitor with Pulumi's mocks. It prints the planned resources. */
const unitTest = `import * as pulumi from "@pulumi/pulumi";
import { DeepSeekMonitor, type DeepSeekMonitorArgs } from "pulumi-deepseek/monitor";

const planned: string[] = [];
const waiting: string[] = [];
pulumi.runtime.setMocks({
  newResource: ({ type, name, inputs }) => {
    planned.push(type);
    if (inputs.warmUpConfiguration !== undefined) waiting.push(name);
    return { id: name, state: { ...inputs, name, arn: \`arn:aws:test:eu-central-1:111122223333:\${name}\` } };
  },
  call: () => ({ accountId: "111122223333", region: "eu-central-1", partition: "aws", dnsSuffix: "amazonaws.com" }),
});
const args: DeepSeekMonitorArgs = { connections: { prod: { apiKey: "${`sk-${"0".repeat(32)}`}" } } };
const monitor = new DeepSeekMonitor("health", args);
monitor.function.arn.apply((arn: string) => planned.push(arn));
pulumi.all([monitor.alarmNames, monitor.dashboardUrl]).apply(([alarms]) => {
  console.log(JSON.stringify({ alarms: alarms.length, planned, waiting }));
});
`;

const { manifest: typed, files } = programs["TypeScript, ESM"];
const tarball = `file:${inject("tarball")}`;

const versions = {
  oldest: { "@pulumi/aws": oldestAws, "@pulumi/pulumi": oldestSdk, ...compilers.oldest },
  newest: { "@pulumi/aws": "^7", "@pulumi/pulumi": inject("newestSdk"), ...compilers.newest },
} as const;

describe.concurrent("the installed monitor", () => {
  for (const age of ["oldest", "newest"] as const) {
    it(`compiles and can be unit-tested with the ${age} @pulumi/aws`, async ({ signal }) => {
      await using project = await Project.create({
        manager: "pnpm",
        manifest: { ...typed, dependencies: { ...versions[age], "pulumi-deepseek": tarball } },
        program: { ...files, "index.ts": unitTest },
        signal,
      });
      expect(await project.unmetPeers()).toEqual([]);
      const compiled = await project.exec("tsc");
      expect(compiled.code, compiled.all).toBe(0);
      const { stdout, all } = await project.exec("node", "index.ts");
      expect(all).toContain("planned");
      const { alarms, planned, waiting } = JSON.parse(stdout);
      expect(alarms).toBeGreaterThan(5);
      const expected = ["aws:lambda/function:Function", "aws:scheduler/schedule:Schedule", "aws:sns/topic:Topic"];
      expect(planned).toEqual(expect.arrayContaining(expected));
      // Without its warm-up, the alarm on silence would page at the first deployment, before the first run.
      expect(waiting).toEqual(["health/shard-0/monitorSilent"]);
    });
  }

  it("names the package to install if @pulumi/aws is missing, in the compiler and in the engine", async ({
    signal,
  }) => {
    const { "@pulumi/aws": _, ...others } = versions.newest;
    await using project = await Project.create({
      manager: "npm",
      manifest: { main: "index.js", dependencies: { ...others, "pulumi-deepseek": tarball } },
      program: {
        "tsconfig.json": files["tsconfig.json"],
        "index.ts": unitTest,
        "index.js": 'require("pulumi-deepseek/monitor");',
      },
      signal,
    });
    // The component exposes its resources, so its types need theirs.
    const compiled = await project.exec("tsc");
    expect(compiled.code).not.toBe(0);
    expect(compiled.all).toContain("Cannot find module '@pulumi/aws/");
    const { code, all } = await project.stack.preview();
    expect(code).not.toBe(0);
    expect(all).toMatch(/'pulumi-deepseek\/monitor' needs '@pulumi\/aws', which is not installed/);
    expect(all).toContain("npm install @pulumi/aws@7");
    expect(all).not.toContain("Cannot find module");
  });
});
