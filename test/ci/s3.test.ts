import { afterAll, beforeAll, expect, it } from "vitest";
import { type LocalAws, startLocalAws } from "../aws/ministack.ts";
import { Account, pullRequest } from "./aws.ts";
import { createRepository, newKey } from "./scene.ts";

/* The workflows with the state in S3, and the role that the example gives to its jobs, on a local AWS. */

/** Seven commands of the engine, on a machine that does other things too. */
const long = { timeout: 600_000 };

let aws: LocalAws;
let account: Account;
beforeAll(async () => {
  aws = await startLocalAws(console.log);
  account = await Account.setUp(aws);
});
afterAll(() => aws.stop());

it(
  "a role that may only read the state is enough for the preview and for the night, and for nothing else",
  long,
  async () => {
    const backend = await account.backend(pullRequest);
    await using repository = await createRepository(backend);
    const { github, sandbox, stack } = repository;
    const key = newKey(sandbox, "good");
    await repository.setKey(key);
    expect(await stack.up()).toMatchObject({ code: 0 });
    const state = await stack.exportStack();

    const push = await repository.push();
    expect(push.steps.map(({ name, outcome }) => [name, outcome])).toContainEqual([
      "aws-actions/configure-aws-credentials",
      "success",
    ]);
    expect(push).toMatchObject({ succeeded: true });
    expect(github.written).toEqual([expect.stringContaining("    2 unchanged")]);
    expect(await repository.night()).toMatchObject({ succeeded: true });
    sandbox.revoke(key);
    expect(await repository.night()).toMatchObject({
      succeeded: false,
      summary: expect.stringMatching(/^### Drift: a Dee/),
    });

    const deployment = await stack.run(["up", "--yes"], { env: backend.job });
    expect(deployment).toMatchObject({
      code: 1,
      all: expect.stringContaining("not authorized to perform: s3:PutObject"),
    });
    expect(await stack.exportStack()).toBe(state);
    expect(await repository.leaks()).toEqual([]);
  },
);

it.each([
  ["another repository's pull request", { ...pullRequest, repository: "a-stranger/infrastructure" }],
  ["a branch that is not the main one", { ...pullRequest, run: "ref:refs/heads/topic" }],
])("the role does not trust %s", async (_, claims) => {
  await expect(account.backend(claims)).rejects.toThrow(/Not authorized to perform sts:AssumeRoleWithWebIdentity/);
});

it("the role trusts the main branch, where the night runs", async () => {
  const { job } = await account.backend({ ...pullRequest, run: "ref:refs/heads/main" });
  expect(job["AWS_SESSION_TOKEN"]).toMatch(/./);
});
