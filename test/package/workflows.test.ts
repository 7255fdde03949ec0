import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse, parseDocument } from "yaml";
import { read, root } from "../support/repository.ts";
import { readWorkflow, stepsOf } from "../support/workflow.ts";
import { actionlint } from "./actionlint.ts";

/* Workflows run third-party actions with permissions, in this repository and in those of users who copy the example. */

const ours = workflowsIn(".github/workflows");
const workflows = [...ours, ...workflowsIn("examples/ci/.github/workflows")];
const dependabot = ".github/dependabot.yml";

function workflowsIn(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, root)).map((name) => `${folder}/${name}`);
}

function workflowAt(path: string) {
  return readWorkflow(new URL(path, root));
}

function usesIn(path: string): string[] {
  return read(path)
    .split("\n")
    .filter((line) => /^\s*-?\s*uses:/.test(line))
    .map((line) => line.replace(/^\s*-?\s*/, ""));
}

it.each([...workflows, dependabot])("%s is YAML without an error or a warning", (path) => {
  const { errors, warnings } = parseDocument(read(path), { strict: true, uniqueKeys: true });
  expect([...errors, ...warnings]).toEqual([]);
});

describe("actionlint", { timeout: 15 * 60_000 }, () => {
  it("finds no problem in any workflow", async () => {
    const files = workflows.map((path) => fileURLToPath(new URL(path, root)));
    expect(await actionlint(files)).toMatchObject({ code: 0, all: "" });
  });

  it("finds a mistake that GitHub would refuse", async () => {
    const folder = await mkdtemp(join(tmpdir(), "actionlint-test-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "broken.yml");
    await writeFile(file, read(ours[0] ?? "").replace("runs-on:", "run-on:"));
    expect(await actionlint([file])).toMatchObject({ code: 1, all: expect.stringContaining('"runs-on"') });
  });
});

it("all workflows use the same commit of an action", () => {
  const uses = [...new Set(workflows.flatMap(usesIn))];
  const names = uses.map((line) => line.replace(/@.*/, ""));
  expect(new Set(names).size).toBe(names.length);
});

describe.each(workflows)("%s", (path) => {
  it("pins each action to a full commit hash, with its version in a comment", () => {
    const uses = usesIn(path);
    expect(uses).toHaveLength(stepsOf(workflowAt(path)).filter((step) => step.uses !== undefined).length);
    for (const line of uses) expect(line).toMatch(/^uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("has read-only permissions unless a job states others", () => {
    const { permissions, jobs } = workflowAt(path);
    expect(permissions).toEqual({ contents: "read" });
    for (const job of Object.values(jobs)) expect(job.permissions ?? {}).not.toHaveProperty("contents", "write");
  });

  it("runs pull requests from forks without write permissions and secrets", () => {
    const { on } = workflowAt(path);
    expect(typeof on === "string" ? [on] : Object.keys(on)).not.toContain("pull_request_target");
  });

  it("puts no text from an event into a shell command", () => {
    for (const { run } of stepsOf(workflowAt(path))) expect(run ?? "").not.toContain("${{");
  });

  it("leaves no credentials in the checkout", () => {
    const checkouts = stepsOf(workflowAt(path)).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    for (const step of checkouts) expect(step.with).toMatchObject({ "persist-credentials": false });
  });
});

const verification = ".github/workflows/verify-real.yml";

it.each(ours.filter((path) => path !== verification))("%s needs no secret", (path) => {
  expect(read(path)).not.toContain("secrets.");
});

describe("the verification of DeepSeek, with a key", () => {
  const workflow = workflowAt(verification);
  const { verify } = workflow.jobs;

  it("is not started by a pull request, which could change what is done with the key", () => {
    expect(Object.keys(workflow.on).toSorted()).toEqual(["schedule", "workflow_dispatch"]);
  });

  it("runs on the default branch only", () => {
    expect(Object.keys(workflow.jobs)).toEqual(["verify"]);
    expect(verify?.if).toBe("github.ref == 'refs/heads/main'");
  });

  it("gives the key to one step, which installs nothing, and tells the others only whether there is one", () => {
    const withKey = stepsOf(workflow).filter(({ env }) =>
      Object.values(env).some((value) => value.includes("secrets.")),
    );
    expect(withKey.map(({ run }) => run)).toEqual(["npm run verify:real"]);
    expect(verify?.env).toEqual({ HAS_KEY: expect.stringMatching(/^\$\{\{ secrets\.DEEPSEEK_API_KEY != '' \}\}$/) });
    expect(read(verification).match(/secrets\.\w/g)).toHaveLength(2);
    const commands = stepsOf(workflow).flatMap(({ run }) => run ?? []);
    expect(commands.indexOf("npm ci")).toBeLessThan(commands.indexOf("npm run verify:real"));
    expect(commands).toContain("npm ci");
  });

  it("does nothing without the secret", () => {
    const steps = stepsOf(workflow).filter(({ run }) => !run?.startsWith("echo "));
    for (const step of steps) expect(step.if).toBe("env.HAS_KEY == 'true'");
    expect(steps).toHaveLength(4);
  });
});

describe("the release", () => {
  const { package: first, publish } = workflowAt(".github/workflows/release.yml").jobs;

  it("is tested and audited before it is built, and rehearsed before it is published", () => {
    const commands = first?.steps.map(({ run }) => run ?? "").join("\n") ?? "";
    const order = ["npm ci", "bash .ci/run", "npm run audit", "npm run release:build", "npm run release:rehearse"];
    expect(order.map((command) => commands.indexOf(command))).toEqual(
      order.map((command) => commands.indexOf(command)).toSorted((a, b) => a - b),
    );
    for (const command of order) expect(commands).toContain(command);
  });

  it("is published with provenance, by a job that runs no code of a dependency", () => {
    expect(publish?.permissions).toEqual({ "id-token": "write" });
    expect(publish?.steps.flatMap(({ run }) => run ?? [])).toEqual([
      "sha256sum --check --strict SHA256SUMS",
      "npm publish ./pulumi-deepseek-*.tgz --provenance --access public --ignore-scripts",
    ]);
    expect(publish?.steps.some(({ uses }) => uses?.startsWith("actions/checkout@"))).toBe(false);
    expect(first?.permissions).toBeUndefined();
  });
});

it("Dependabot covers every package ecosystem in the repository", () => {
  const { updates } = parse(read(dependabot));
  const kinds = new Set(updates.map((update: Record<string, unknown>) => update["package-ecosystem"]));
  expect(kinds).toEqual(new Set(["npm", "gomod", "pip", "github-actions"]));
});
