import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { table } from "../../cli/terminal.ts";
import type { CommandResult } from "../../examples/demo/engine/command.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import { freshKey } from "../support/keys.ts";
import { programs } from "./programs.ts";
import { Project } from "./project.ts";
import { compilers, oldestSdk, type Row, rows } from "./rows.ts";
import { nodeVersions, ownNode } from "./tools.ts";

/* The packed package, installed as users install it, on the real engine: from preview to destroy. */

let sandbox: Sandbox;
const lines: string[][] = [];
beforeAll(async () => {
  sandbox = await startSandbox({ defaultScenario: "good" });
});
afterAll(async () => {
  await sandbox.close();
  const head = ["package manager", "program", "Node", "@pulumi/pulumi", "what worked"];
  console.log(`\n${table(head, lines.toSorted())}\n`);
});

/** Runs the lifecycle of a project. @param worked receives the name of each step that succeeded */
async function play({ manager, program, node, sdk }: Row, worked: string[], signal: AbortSignal): Promise<void> {
  const { manifest, files } = programs[program];
  const inTypeScript = program.startsWith("TypeScript");
  const dependencies = {
    "@pulumi/pulumi": sdk === "oldest" ? oldestSdk : inject("newestSdk"),
    "pulumi-deepseek": `file:${inject("tarball")}`,
    ...(inTypeScript && compilers[sdk]),
  };
  const step = async (name: string, running: Promise<CommandResult>): Promise<CommandResult> => {
    const result = await running;
    expect(result.code, `${name}:\n${result.all}`).toBe(0);
    worked.push(name);
    return result;
  };

  await using project = await Project.create({
    manager,
    node: node === "oldest" ? inject("tools").oldestNode : ownNode,
    manifest: { ...manifest, dependencies },
    program: files,
    config: { url: sandbox.url },
    signal,
  });
  expect(await project.unmetPeers()).toEqual([]);
  worked.push("install");

  if (inTypeScript) await step("types", project.exec("tsc"));
  const key = freshKey();
  await project.stack.setConfig("deepseek:apiKey", key, { secret: true });
  await step("preview", project.pulumi("preview"));
  await step("up", project.pulumi("up", "--yes", "--skip-preview"));
  expect(await project.stack.outputs()).toMatchObject({
    status: "valid",
    openai: "[secret]",
    node: nodeVersions[node],
  });
  await step("refresh", project.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes"));
  await step("destroy", project.pulumi("destroy", "--yes", "--skip-preview"));
  expect((await project.exec("pulumi-deepseek", "--help")).stdout).toContain("Usage: pulumi-deepseek");
  await step("rehearse", project.exec("pulumi-deepseek", "rehearse", "key-revoked"));
}

describe.concurrent("the installed package", () => {
  for (const row of rows) {
    const { manager, program, node, sdk } = row;
    it(`works with ${manager}, ${program}, ${node} Node, ${sdk} SDK`, async ({ signal }) => {
      const versions = [nodeVersions[node], sdk === "oldest" ? oldestSdk : inject("newestSdk")];
      const worked: string[] = [];
      try {
        await play(row, worked, signal);
      } finally {
        lines.push([manager, program, ...versions, worked.join(", ")]);
      }
    });
  }
});

it("the tested combinations contain each pair of values", () => {
  const values = rows.map(({ manager, program, node, sdk }) => {
    const [language, modules] = program.split(", ");
    return [manager, language, modules, node, sdk];
  });
  const columns = [0, 1, 2, 3, 4];
  for (const a of columns) {
    for (const b of columns.filter((column) => column > a)) {
      const of = (column: number) => new Set(values.map((value) => value[column]));
      expect(new Set(values.map((value) => `${value[a]} ${value[b]}`)).size).toBe(of(a).size * of(b).size);
    }
  }
});
