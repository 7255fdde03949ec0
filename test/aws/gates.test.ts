import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { CommandResult } from "../../examples/demo/engine/command.ts";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { freshKey } from "../support/keys.ts";
import { findLeaks } from "../support/leaks.ts";
import { type LocalCloud, startLocalCloud } from "./local-cloud.ts";

/*
 * examples/gates on the real engine. The language host that can be built from Go modules does not support resource hooks, so
 * the example's program runs as an inline program of the Automation API, which needs no language host.
 */

const folder = (name: string) => ({ directory: fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)) });

/** Runs one command, which is its parameter, and prints the number of changes last. */
const inline = `
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";

const program = () => import("./index.ts");
const names = { stackName: "dev", projectName: "deepseek-gates" };
try {
  const stack = await LocalWorkspace.createOrSelectStack({ ...names, program }, { workDir: process.cwd() });
  const { changeSummary, summary } = await stack[process.argv[2]]({ onOutput: (text) => process.stdout.write(text) });
  console.log("\\n" + JSON.stringify(changeSummary ?? summary.resourceChanges));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
`;

let cloud: LocalCloud;
let connections: Workspace;
let application: Workspace;
const key = freshKey();

beforeAll(async () => {
  cloud = await startLocalCloud();
  const passphrase = { PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex") };
  const config = { baseUrl: cloud.sandbox.url };
  connections = await cloud.workspace(folder("environments"), "deepseek-environments", config, passphrase);
  const backend = { PULUMI_BACKEND_URL: pathToFileURL(join(connections.root, "backend")).href };
  application = await cloud.workspace(folder("gates"), "deepseek-gates", {}, { ...passphrase, ...backend });
  await application.write("deploy.mts", inline);
  await application.write("../openai-sdk/app/index.mjs", "export const handler = async () => {};");

  cloud.sandbox.use(key, "good");
  await connections.setConfig("deepseek:apiKey", key, { secret: true });
  const { code, all } = await connections.up();
  expect(code, all).toBe(0);
}, 300_000);

/** Runs a command of the application's project, while the key has this scenario. */
async function run(command: "preview" | "up" | "destroy", scenario: ScenarioName): Promise<CommandResult> {
  cloud.sandbox.use(key, scenario);
  cloud.sandbox.clearRequests();
  const result = await application.execute([process.execPath, "deploy.mts", command]);
  expect(findLeaks(key, [["output", result.all]])).toEqual([]);
  return result;
}

const changesIn = ({ stdout }: CommandResult) => JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
const testCalls = () => cloud.sandbox.requests.filter(({ path }) => path === "/chat/completions").length;
const refusal = (verdict: string) =>
  new RegExp(
    `before hook "key-works" failed: '(openai|app)' is not deployed\\. The key of 'organization/deepseek-environments/dev' was checked: ${verdict}\\. `,
  );

/** The types of the application's resources in the state. */
async function deployed(): Promise<readonly string[]> {
  const { resources = [] } = JSON.parse(await application.exportStack()).deployment;
  return resources.map(({ type }: { readonly type: string }) => type.split(":").at(-1)).toSorted();
}

const gated = ["Function", "SecretVersion"];

describe("examples/gates", { timeout: 300_000 }, () => {
  test.each(["wrong-key", "unfunded"] as const)(
    "stops the application at preview and in a deployment: %s",
    async (scenario) => {
      const verdict = scenario === "wrong-key" ? "invalid" : "unfunded";
      for (const command of ["preview", "up"] as const) {
        const { code, all } = await run(command, scenario);
        expect(code, all).not.toBe(0);
        expect(all).toMatch(refusal(verdict));
      }
      expect(await deployed()).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(Function|SecretVersion)$/)]),
      );
    },
  );

  test("warns at preview if nothing is known about the key, and stops a deployment", async () => {
    const { code, all } = await run("preview", "forbidden");
    expect(code, all).toBe(0);
    expect(all).toMatch(
      /^ +warning: The key of 'organization\/deepseek-environments\/dev' was checked: indeterminate\. /m,
    );
    const up = await run("up", "forbidden");
    expect(up.code).not.toBe(0);
    expect(up.all).toMatch(refusal("indeterminate"));
    expect(await deployed()).not.toContain("Function");
  });

  test("lets a good key pass, checked free of charge at preview and with one test call in a deployment", async () => {
    const preview = await run("preview", "good");
    expect(preview.code, preview.all).toBe(0);
    expect(testCalls()).toBe(0);
    const up = await run("up", "good");
    expect(up.code, up.all).toBe(0);
    expect(testCalls()).toBe(1);
    expect(await deployed()).toEqual(expect.arrayContaining(gated));
  });

  test("checks nothing if the application does not change, and stops its next change once the key was revoked", async () => {
    const unchanged = await run("up", "wrong-key");
    expect(unchanged.code, unchanged.all).toBe(0);
    expect(Object.keys(changesIn(unchanged))).toEqual(["same"]);
    expect(cloud.sandbox.requests).toEqual([]);

    const source = await readFile(join(application.directory, "index.ts"), "utf8");
    await application.write("index.ts", source.replace("timeout: 60", "timeout: 30"));
    for (const command of ["preview", "up"] as const) {
      const { code, all } = await run(command, "wrong-key");
      expect(code, all).not.toBe(0);
      expect(all).toMatch(refusal("invalid"));
    }
    const good = await run("up", "good");
    expect(changesIn(good), good.all).toMatchObject({ update: 1 });
  });

  test("lets the application be destroyed with a revoked key", async () => {
    const { code, all } = await run("destroy", "wrong-key");
    expect(code, all).toBe(0);
    expect(cloud.sandbox.requests).toEqual([]);
  });
});
