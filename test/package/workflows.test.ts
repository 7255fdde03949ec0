import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse, parseDocument } from "yaml";
import { actionlint } from "./actionlint.ts";
import { readWorkflow, stepsOf } from "./workflow.ts";

/* What runs in a repository's name, ours or that of a user who copies the example: actions of others, with permissions. */

const root = new URL("../../", import.meta.url);
const ours = workflowsIn(".github/workflows");
const workflows = [...ours, ...workflowsIn("examples/ci/.github/workflows")];
const dependabot = ".github/dependabot.yml";

function workflowsIn(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, root)).map((name) => `${folder}/${name}`);
}

function textOf(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

function read(path: string) {
  return readWorkflow(new URL(path, root));
}

function usesIn(path: string): string[] {
  return textOf(path)
    .split("\n")
    .filter((line) => /^\s*-?\s*uses:/.test(line))
    .map((line) => line.replace(/^\s*-?\s*/, ""));
}

it.each([...workflows, dependabot])("%s is YAML without an error or a warning", (path) => {
  const { errors, warnings } = parseDocument(textOf(path), { strict: true, uniqueKeys: true });
  expect([...errors, ...warnings]).toEqual([]);
});

describe("actionlint", { timeout: 15 * 60_000 }, () => {
  it("finds nothing in any workflow", async () => {
    const files = workflows.map((path) => fileURLToPath(new URL(path, root)));
    expect(await actionlint(files)).toMatchObject({ code: 0, all: "" });
  });

  it("finds what GitHub would refuse", async () => {
    const folder = await mkdtemp(join(tmpdir(), "actionlint-test-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "broken.yml");
    await writeFile(file, textOf(ours[0] ?? "").replace("runs-on:", "run-on:"));
    expect(await actionlint([file])).toMatchObject({ code: 1, all: expect.stringContaining('"runs-on"') });
  });
});

it("the same action is the same commit everywhere", () => {
  const uses = [...new Set(workflows.flatMap(usesIn))];
  const names = uses.map((line) => line.replace(/@.*/, ""));
  expect(new Set(names).size).toBe(names.length);
});

describe.each(workflows)("%s", (path) => {
  it("pins each action by a full commit, with its version beside it", () => {
    const uses = usesIn(path);
    expect(uses).toHaveLength(stepsOf(read(path)).filter((step) => step.uses !== undefined).length);
    for (const line of uses) expect(line).toMatch(/^uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("may only read, but where a job says what else it needs", () => {
    const { permissions, jobs } = read(path);
    expect(permissions).toEqual({ contents: "read" });
    for (const job of Object.values(jobs)) expect(job.permissions ?? {}).not.toHaveProperty("contents", "write");
  });

  it("lets a stranger's pull request run without its permissions and secrets", () => {
    const { on } = read(path);
    expect(typeof on === "string" ? [on] : Object.keys(on)).not.toContain("pull_request_target");
  });

  it("puts no text of an event into a shell", () => {
    for (const { run } of stepsOf(read(path))) expect(run ?? "").not.toContain("${{");
  });

  it("leaves no credentials in the working copy", () => {
    const checkouts = stepsOf(read(path)).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    for (const step of checkouts) expect(step.with).toMatchObject({ "persist-credentials": false });
  });
});

it.each(ours)("%s needs no secret", (path) => {
  expect(textOf(path)).not.toContain("secrets.");
});

describe("the release", () => {
  const { package: first, publish } = read(".github/workflows/release.yml").jobs;

  it("is tested and audited before it is packed, and comes with a list of what is in it", () => {
    const commands = first?.steps.map(({ run }) => run ?? "").join("\n") ?? "";
    const order = ["npm ci", "bash .ci/run", "npm run audit", "npm run --silent sbom", "npm pack"];
    expect(order.map((command) => commands.indexOf(command))).toEqual(
      order.map((command) => commands.indexOf(command)).toSorted((a, b) => a - b),
    );
    for (const command of order) expect(commands).toContain(command);
  });

  it("is published with its provenance, by a job that runs no dependency's code", () => {
    expect(publish?.permissions).toEqual({ "id-token": "write" });
    expect(publish?.steps.flatMap(({ run }) => run ?? [])).toEqual([
      "npm publish ./pulumi-deepseek-*.tgz --provenance --access public --ignore-scripts",
    ]);
    expect(publish?.steps.some(({ uses }) => uses?.startsWith("actions/checkout@"))).toBe(false);
    expect(first?.permissions).toBeUndefined();
  });
});

it("Dependabot looks after every kind of dependency that there is", () => {
  const { updates } = parse(textOf(dependabot));
  const kinds = new Set(updates.map((update: Record<string, unknown>) => update["package-ecosystem"]));
  expect(kinds).toEqual(new Set(["npm", "gomod", "pip", "github-actions"]));
});
