import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import { blocksOf } from "../support/markdown.ts";
import { read, root } from "../support/repository.ts";
import { startSandboxWithWorkspaces } from "./sandbox-with-workspaces.ts";

/*
 * Inline programs of Pulumi's Automation API, in a process that was started in another folder than the project's. What
 * Pulumi says if the project's folder lacks the package is quoted in provider/GUIDE.md.
 */

const { sandbox, key, workspace } = await startSandboxWithWorkspaces();

const nodeModules = fileURLToPath(new URL("node_modules", root));

/** Runs commands on a stack and prints their results as JSON. Its parameters are the commands and the workspace's options. */
const inline = `
const pulumi = require("@pulumi/pulumi");
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
const { DeepSeekConnection } = require("pulumi-deepseek");

const [commands, options] = process.argv.slice(2).map((text) => JSON.parse(text));
const program = async () => {
  const apiKey = pulumi.secret(process.env.SANDBOX_KEY);
  const { status } = new DeepSeekConnection("main", { baseUrl: process.env.SANDBOX_URL, apiKey });
  return { status };
};
async function deploy() {
  const stack = await LocalWorkspace.createOrSelectStack({ stackName: "dev", projectName: "inline", program }, options);
  const results = {};
  for (const command of commands) {
    const { changeSummary, summary, outputs } = await stack[command]();
    results[command] = { changes: changeSummary ?? summary.resourceChanges, status: outputs?.status?.value };
  }
  console.log(JSON.stringify(results));
}
deploy().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
`;

const projectSettings = { name: "inline", runtime: "nodejs" };

interface InlineWorkspace extends Workspace {
  /** Where the process is started: a folder without packages. */
  readonly elsewhere: string;
  /** The project's folder, which is empty. */
  readonly project: string;
}

/** Creates a workspace whose program is started in one folder and deployed from another. */
async function inlineWorkspace(): Promise<InlineWorkspace> {
  const stack = await workspace({ "deploy.js": inline });
  // Not below the program's folder: packages are found in each folder above.
  for (const folder of ["elsewhere", "project"]) await stack.write(`../${folder}/README.md`, "");
  return Object.assign(stack, { elsewhere: join(stack.root, "elsewhere"), project: join(stack.root, "project") });
}

/** Starts a program of the workspace in the folder `elsewhere`. */
function start(stack: InlineWorkspace, file: string, parameters: readonly unknown[], apiKey = key("good")) {
  const words = [process.execPath, join(stack.directory, file), ...parameters.map((value) => JSON.stringify(value))];
  return stack.execute(words, {
    cwd: stack.elsewhere,
    env: { SANDBOX_KEY: apiKey, SANDBOX_URL: sandbox.url },
  });
}

const lifecycle = ["preview", "up", "refresh", "destroy"];
const results = {
  preview: { changes: { create: 2 } },
  up: { changes: { create: 2 }, status: "valid" },
  refresh: { changes: { same: 2 } },
  destroy: { changes: { delete: 2 } },
};

describe("an inline program whose project's folder has the package works wherever its process was started:", () => {
  it("with `workDir` and `projectSettings`", async () => {
    await using stack = await inlineWorkspace();
    await symlink(nodeModules, join(stack.project, "node_modules"));
    const options = { workDir: stack.project, projectSettings };
    const { code, stdout, all } = await start(stack, "deploy.js", [lifecycle, options]);
    expect(code, all).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject(results);
  });

  it("with a `workDir` that has a Pulumi.yaml", async () => {
    await using stack = await inlineWorkspace();
    await symlink(nodeModules, join(stack.project, "node_modules"));
    await stack.write("../project/Pulumi.yaml", "name: inline\nruntime: nodejs\n");
    const { code, stdout, all } = await start(stack, "deploy.js", [lifecycle, { workDir: stack.project }]);
    expect(code, all).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject(results);
  });
});

describe("an inline program whose project's folder lacks the package fails with Pulumi's own error:", () => {
  const noPackage = "Cannot find module 'pulumi-deepseek/provider/lifecycle'";
  const noSdk = "Cannot find module '@pulumi/pulumi/cmd/dynamic-provider'";

  const previewIn = (stack: InlineWorkspace) => {
    return start(stack, "deploy.js", [["preview"], { workDir: stack.project, projectSettings }]);
  };

  it("the guide quotes both errors", () => {
    for (const text of [noPackage, noSdk]) expect(read("provider/GUIDE.md")).toContain(`\`${text}\``);
  });

  it("in a `workDir` with Pulumi's SDK only", async () => {
    await using stack = await inlineWorkspace();
    await stack.write("../project/node_modules/README.md", "");
    await symlink(join(nodeModules, "@pulumi"), join(stack.project, "node_modules", "@pulumi"));
    const { code, stderr } = await previewIn(stack);
    expect(code).toBe(1);
    expect(stderr).toContain(`error: ${noPackage}`);
  });

  it("in a `workDir` without any package", async () => {
    await using stack = await inlineWorkspace();
    const { code, stderr } = await previewIn(stack);
    expect(code).toBe(1);
    expect(stderr).toContain(noSdk);
  });

  it("without project settings, since the SDK then writes the process's folder to Pulumi.yaml, until they are set", async () => {
    await using stack = await inlineWorkspace();
    await symlink(nodeModules, join(stack.project, "node_modules"));
    const { code, stderr } = await start(stack, "deploy.js", [["preview"], { workDir: stack.project }]);
    expect(code).toBe(1);
    expect(stderr).toContain(noSdk);
    expect(await readFile(join(stack.project, "Pulumi.yaml"), "utf8")).toContain(`main: ${stack.elsewhere}`);

    const settled = await previewIn(stack);
    expect(settled.code, settled.all).toBe(0);
  });
});

it("the guide's program for the Automation API returns the status, its reason and the warnings", async () => {
  const guide = read("provider/GUIDE.md");
  const [block] = blocksOf(guide).filter(({ heading, language }) => {
    return heading === "With the Automation API" && language === "ts";
  });
  const given = 'new DeepSeekConnection("main")';
  expect(block?.code).toContain(given);
  await using stack = await inlineWorkspace();
  await symlink(nodeModules, join(stack.project, "node_modules"));
  const args = "{ baseUrl: process.env.SANDBOX_URL, apiKey: pulumi.secret(process.env.SANDBOX_KEY) }";
  await stack.write(
    "deploy.mts",
    `import * as pulumi from "@pulumi/pulumi";
import { DeepSeekConnection } from "pulumi-deepseek";
${block?.code.replace(given, `new DeepSeekConnection("main", ${args})`)}
console.log(JSON.stringify(await deploy(JSON.parse(process.argv[2]))));`,
  );
  const { code, stdout, all } = await start(stack, "deploy.mts", [stack.project], key("unfunded"));
  expect(code, all).toBe(0);
  const { status, reason, warnings } = JSON.parse(stdout);
  expect({ status, reason }).toEqual({ status: "unfunded", reason: expect.stringContaining("insufficient balance") });
  expect(warnings).toContainEqual(
    expect.stringMatching(/^DeepSeekConnection 'main': .*insufficient balance.* \[balance-insufficient\]\n$/),
  );
});
