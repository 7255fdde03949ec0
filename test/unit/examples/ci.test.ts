import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { rowsOf } from "../../support/markdown.ts";
import { readWorkflow, stepsOf } from "../../support/workflow.ts";

/* Compares the example's README with its workflows. test/ci tests that the workflows' commands work. */

const example = new URL("../../../examples/ci/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, example), "utf8");
const readme = read("README.md");
const nightly = read(".github/workflows/nightly.yml");
const stepsIn = (name: string) => stepsOf(readWorkflow(new URL(`.github/workflows/${name}.yml`, example)));
const workflows = nightly + read(".github/workflows/preview.yml");

/** All matches of a pattern's first group, without duplicates. */
const finds = (text: string, pattern: RegExp) => new Set([...text.matchAll(pattern)].map(([, find = ""]) => find));

it("the README sets each variable and each secret that the workflows use, and no other", () => {
  expect(finds(readme, /^gh variable set (\w+) --body/gm)).toEqual(finds(workflows, /\bvars\.(\w+)/g));
  expect(finds(readme, /^gh secret set (\w+) /gm)).toEqual(finds(workflows, /\bsecrets\.(\w+)/g));
});

it("the README lists every result of the nightly workflow, verbatim", () => {
  const results = [...finds(nightly, /result="([^"]+)"/g)].map((result) => result.replace("$code", "…"));
  const rows = rowsOf(readme, "What you see").map((row) => row.split("|")[1]?.trim());
  expect(rows.toSorted()).toEqual(results.toSorted());
});

it("the README uses the same bucket and account as the policies", () => {
  const [bucket = ""] = finds(readme, /create-bucket --bucket (\S+)/g);
  expect(JSON.parse(read("aws/permissions.json")).Statement[0].Resource[0]).toBe(`arn:aws:s3:::${bucket}`);
  const [account = ""] = finds(readme, /arn:aws:iam::(\d{12}):role/g);
  expect(read("aws/trust.json")).toContain(`arn:aws:iam::${account}:oidc-provider/`);
});

it("the jobs' role may read the state and do nothing else, as the README says", () => {
  const statements: { Action: string[] }[] = JSON.parse(read("aws/permissions.json")).Statement;
  for (const action of statements.flatMap(({ Action }) => Action)) expect(action).toMatch(/^s3:(List|Get)[A-Za-z]+$/);
});

it.each(["nightly", "preview"])(
  "%s gives neither secrets nor AWS credentials to the installation of packages",
  (name) => {
    const steps = stepsIn(name);
    const installation = steps.findIndex(({ run }) => run === "npm ci");
    expect(installation).toBeGreaterThan(0);
    expect(JSON.stringify(steps.slice(0, installation + 1))).not.toMatch(/secrets\.|aws-actions/);
  },
);

it.each(["nightly", "preview"])("%s uses none of Pulumi's debug switches, which print secrets", (name) => {
  const commands = stepsIn(name)
    .map(({ run, env }) => `${run} ${Object.keys(env).join(" ")}`)
    .join("\n");
  expect(commands).toContain("npx pulumi");
  expect(commands).not.toMatch(/ --debug| -v|logtostderr|logflow|PULUMI_DEBUG/);
});
