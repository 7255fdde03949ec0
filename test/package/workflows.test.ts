import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse, parseDocument } from "yaml";

/* What runs in the repository's name: actions of others, with permissions of ours. */

const github = new URL("../../.github/", import.meta.url);
const workflows = readdirSync(new URL("workflows/", github)).map((name) => `workflows/${name}`);

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: object }[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

function textOf(name: string): string {
  return readFileSync(new URL(name, github), "utf8");
}

function read(name: string): Workflow {
  return parse(textOf(name));
}

it.each([...workflows, "dependabot.yml"])("%s is YAML without an error or a warning", (name) => {
  const { errors, warnings } = parseDocument(textOf(name), { strict: true, uniqueKeys: true });
  expect([...errors, ...warnings]).toEqual([]);
});

describe.each(workflows)("%s", (name) => {
  it("pins each action by a full commit, with its version beside it", () => {
    const uses = textOf(name)
      .split("\n")
      .filter((line) => /^\s*-?\s*uses:/.test(line));
    expect(uses).toHaveLength(stepsOf(name).filter((step) => step.uses !== undefined).length);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("may only read, but where a job says what else it needs", () => {
    const { permissions, jobs } = read(name);
    expect(permissions).toEqual({ contents: "read" });
    for (const job of Object.values(jobs)) expect(job.permissions ?? {}).not.toHaveProperty("contents", "write");
  });

  it("lets a stranger's pull request run without our permissions and secrets", () => {
    expect(Object.keys(read(name).on)).not.toContain("pull_request_target");
    expect(textOf(name)).not.toContain("secrets.");
  });

  it("puts no text of an event into a shell", () => {
    for (const { run } of stepsOf(name)) expect(run ?? "").not.toContain("${{");
  });

  it("leaves no credentials in the working copy", () => {
    const checkouts = stepsOf(name).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    for (const step of checkouts) expect(step.with).toMatchObject({ "persist-credentials": false });
  });
});

describe("the release", () => {
  const { package: first, publish } = read("workflows/release.yml").jobs;

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
  const { updates } = parse(textOf("dependabot.yml"));
  expect(updates.map((update: Record<string, unknown>) => update["package-ecosystem"])).toEqual([
    "npm",
    "gomod",
    "pip",
    "github-actions",
  ]);
});

function stepsOf(name: string) {
  return Object.values(read(name).jobs).flatMap(({ steps }) => steps);
}
