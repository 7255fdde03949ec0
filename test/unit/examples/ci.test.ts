import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { rowsOf } from "../../package/markdown.ts";
import { readWorkflow, stepsOf } from "../../package/workflow.ts";

/* What the example's README says of its workflows. That they work is tested in test/ci. */

const example = new URL("../../../examples/ci/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, example), "utf8");
const readme = read("README.md");
const nightly = read(".github/workflows/nightly.yml");
const workflows = nightly + read(".github/workflows/preview.yml");

/** Each find of a pattern's first group, once. */
const finds = (text: string, pattern: RegExp) => new Set([...text.matchAll(pattern)].map(([, find = ""]) => find));

it("the README sets each variable and each secret that the workflows use, and no other", () => {
  expect(finds(readme, /^gh variable set (\w+) --body/gm)).toEqual(finds(workflows, /\bvars\.(\w+)/g));
  expect(finds(readme, /^gh secret set (\w+) /gm)).toEqual(finds(workflows, /\bsecrets\.(\w+)/g));
});

it("the README knows everything that the night can say, in the workflow's own words", () => {
  const results = [...finds(nightly, /result="([^"]+)"/g)].map((result) => result.replace("$code", "…"));
  const rows = rowsOf(readme, "What you see").map((row) => row.split("|")[1]?.trim());
  expect(rows.toSorted()).toEqual(results.toSorted());
});

it("the README's bucket and repository are those of the policies", () => {
  const [bucket = ""] = finds(readme, /create-bucket --bucket (\S+)/g);
  expect(JSON.parse(read("aws/permissions.json")).Statement[0].Resource[0]).toBe(`arn:aws:s3:::${bucket}`);
  const [account = ""] = finds(readme, /arn:aws:iam::(\d{12}):role/g);
  expect(read("aws/trust.json")).toContain(`arn:aws:iam::${account}:oidc-provider/`);
});

it.each(["nightly", "preview"])("%s uses none of Pulumi's debug switches, which print secrets", (name) => {
  const steps = stepsOf(readWorkflow(new URL(`.github/workflows/${name}.yml`, example)));
  const commands = steps.map(({ run, env }) => `${run} ${Object.keys(env).join(" ")}`).join("\n");
  expect(commands).toContain("npx pulumi");
  expect(commands).not.toMatch(/ --debug| -v|logtostderr|logflow|PULUMI_DEBUG/);
});
