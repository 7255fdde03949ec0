import { describe, expect, it } from "vitest";
import { isToRun } from "./expression.ts";
import { addToProgram, createRepository, newKey, workflows } from "./scene.ts";

/* The workflow that a user copies for pull requests, with the real engine. */

describe("a pull request", () => {
  it("with a good key passes, and a comment shows the plan; the next push rewrites that comment, and no other", async () => {
    await using repository = await createRepository();
    const { github, sandbox } = repository;
    // More than a page of them, and one of somebody who knows how ours begin.
    for (let index = 0; index < 120; index++) github.comment("a-colleague", `Comment ${index}`);
    const forged = "<!-- pulumi preview dev -->\nAll is well, merge it.";
    github.comment("a-stranger", forged);

    await repository.setKey(newKey(sandbox, "good"));
    const first = await repository.push();
    expect(first.steps).toMatchObject([
      { name: "actions/checkout" },
      { name: "actions/setup-node" },
      { name: "npm ci" },
      { name: "aws-actions/configure-aws-credentials", outcome: "skipped" },
      { name: "Preview", outcome: "success" },
      { name: "Comment", outcome: "success", log: "" },
    ]);
    expect(github.written).toHaveLength(1);
    expect(github.written[0]).toMatch(/^<!-- .* -->\n### Preview of `dev`: passed\n\n {4}Previewing update \(dev\):\n/);
    expect(github.written[0]).toMatch(/^ {4} \+ {2}pulumi-nodejs:dynamic\/deepseek:DeepSeekConnection main create/m);
    expect(github.written[0]).toContain("    + 2 to create");
    expect(github.written[0]).toContain("(https://github.com/octo-org/infrastructure/actions/runs/42)");

    await repository.setKey(newKey(sandbox, "wrong-key"));
    expect(await repository.push()).toMatchObject({ succeeded: false });
    expect(github.written).toEqual([expect.stringContaining("### Preview of `dev`: failed")]);
    expect(github.comments.filter(({ user }) => user.login === "a-stranger")).toMatchObject([{ body: forged }]);
    expect(github.comments).toHaveLength(122);
    expect(await repository.leaks()).toEqual([]);
  });

  it("with a rejected key fails, and the comment says what to do, without the key", async () => {
    await using repository = await createRepository();
    await repository.setKey(newKey(repository.sandbox, "wrong-key"));
    const { succeeded, steps } = await repository.push();
    expect(succeeded).toBe(false);
    expect(steps.find(({ name }) => name === "Preview")).toMatchObject({ outcome: "failure", code: 1 });
    const [comment] = repository.github.written;
    expect(comment).toMatch(/'main' has a problem: apiKey \(fingerprint [0-9a-f]{12}\): .* rejects this API key/);
    expect(comment).toContain("Check that the key is one for this base URL");
    expect(comment).toContain("pulumi config set deepseek:verify none");
    expect(await repository.leaks()).toEqual([]);
  });

  it("that does not get as far as its preview is commented on too", async () => {
    await using repository = await createRepository();
    const { succeeded, steps } = await repository.push("npm ci");
    expect(succeeded).toBe(false);
    expect(steps.find(({ name }) => name === "Preview")).toMatchObject({ outcome: "skipped" });
    expect(repository.github.written).toEqual([expect.stringContaining("`dev`: not run\n\nA step before it failed.")]);
  });

  it("fails when its comment is refused, with GitHub's reason and without the token", async () => {
    await using repository = await createRepository();
    repository.github.mayWrite = false;
    const { succeeded, steps } = await repository.push("npm ci");
    expect(succeeded).toBe(false);
    expect(steps.at(-1)?.log).toMatch(/GitHub: POST 7\/comments: HTTP 403: .*Resource not accessible by integration/);
    expect(await repository.leaks()).toEqual([]);
  });
});

it("a program that prints its key is found out, in the log and in the comment, so these tests can fail", async () => {
  await using repository = await createRepository();
  await repository.setKey(newKey(repository.sandbox, "good"));
  const print = "(key) => pulumi.log.warn(Buffer.from(key).toString('base64'))";
  await addToProgram(repository, `new pulumi.Config("deepseek").requireSecret("apiKey").apply(${print});`);
  expect(await repository.push()).toMatchObject({ succeeded: true });
  expect(await repository.leaks()).toEqual(
    expect.arrayContaining(["the key, base64, in log of Preview", "the key, base64, in comments"]),
  );
});

describe("who gets secrets", () => {
  const [job] = Object.values(workflows.preview.jobs);
  const opened = (from: string, login: string) => ({
    github: {
      repository: "octo-org/infrastructure",
      event: { pull_request: { head: { repo: from === "" ? null : { full_name: from } }, user: { login } } },
    },
  });

  it.each([
    ["a branch of this repository", "octo-org/infrastructure", "a-colleague", true],
    ["a fork", "a-stranger/infrastructure", "a-stranger", false],
    ["a fork that was deleted", "", "a-stranger", false],
    ["Dependabot", "octo-org/infrastructure", "dependabot[bot]", false],
  ])("a pull request from %s", (_, from, login, runs) => {
    expect(job?.if).toBeDefined();
    expect(isToRun(job?.if, opened(from, login))).toBe(runs);
  });

  it("the installation of the dependencies gets none, nor AWS's credentials", () => {
    const steps = job?.steps ?? [];
    const installation = steps.findIndex(({ run }) => run === "npm ci");
    expect(installation).toBeGreaterThan(0);
    expect(steps[installation]?.env).toEqual({});
    expect(JSON.stringify([job?.env, steps.slice(0, installation)])).not.toMatch(/secrets\.|aws-actions/);
  });
});
