import { expect, it } from "vitest";
import { addToProgram, createRepository, newKey } from "./scene.ts";

/* The workflow that a user copies to find revoked keys, with the real engine. */

/** Six commands of the engine, on a machine that does other things too. */
const long = { timeout: 600_000 };

/** A resource that is never as it was left. */
const drifting = `
class House extends pulumi.dynamic.Resource {}
const doors: pulumi.dynamic.ResourceProvider = {
  create: async () => ({ id: "house", outs: { doors: "shut" } }),
  read: async (id) => ({ id, props: { doors: "open" } }),
  diff: async (_, now: { doors: string }) => ({ changes: now.doors === "open" }),
};
new House(doors, "house", {});
`;

it(
  "the night tells a key that is revoked, or has no money, from a service that is down, and changes nothing",
  long,
  async () => {
    await using repository = await createRepository();
    const { sandbox, stack } = repository;
    const key = newKey(sandbox, "good");
    await repository.setKey(key);
    expect(await stack.up()).toMatchObject({ code: 0 });
    const state = await stack.state();

    const well = await repository.night();
    expect(well).toMatchObject({
      succeeded: true,
      summary: expect.stringMatching(/^### Every DeepSeek connection is well\n/),
    });
    expect(well.steps.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["actions/checkout", "success"],
      ["actions/setup-node", "success"],
      ["npm ci", "success"],
      ["aws-actions/configure-aws-credentials", "skipped"],
      ["Compare the state with the service", "success"],
    ]);

    sandbox.use(key, "overloaded");
    const outage = await repository.night();
    expect(outage.succeeded).toBe(true);
    expect(outage.summary).toMatch(/^### A DeepSeek connection could not be checked: nothing is known about its key/);
    expect(outage.summary).toMatch(/^ {4} {4}warning: DeepSeekConnection 'main': .*HTTP 503/m);
    expect(outage.summary).not.toMatch(/revoked|rejects/);

    sandbox.use(key, "unfunded");
    const unfunded = await repository.night();
    expect(unfunded).toMatchObject({
      succeeded: false,
      summary: expect.stringMatching(/^### Drift: a DeepSeek connection/),
    });
    expect(unfunded.summary).toContain("accepts this API key, but its account has no money left");

    sandbox.revoke(key);
    const revoked = await repository.night();
    expect(revoked.steps.at(-1)).toMatchObject({ outcome: "failure", code: 7 });
    expect(revoked.steps.at(-1)?.log).toMatch(
      /^::error::Drift: a DeepSeek connection is not well\. Its key was revoked/m,
    );
    expect(revoked.summary).toMatch(/^### Drift: a DeepSeek connection is not well\. Its key was revoked/);
    expect(revoked.summary).toContain("pulumi config set --secret deepseek:apiKey");
    expect(revoked.summary).toMatch(/^ {4}.*warning: DeepSeekConnection 'main': .* rejects this API key/m);

    expect(await stack.state()).toBe(state);
    expect(await repository.leaks()).toEqual([]);
  },
);

it("the night tells what else can be wrong from a key", async () => {
  await using repository = await createRepository();
  const { sandbox, stack } = repository;
  await repository.setKey(newKey(sandbox, "good"));
  await addToProgram(repository, drifting);
  expect(await stack.up()).toMatchObject({ code: 0 });

  const drift = await repository.night();
  expect(drift.steps.at(-1)).toMatchObject({ outcome: "failure", code: 7 });
  expect(drift.summary).toMatch(/^### Drift, but not of a DeepSeek connection\n/);

  const failure = await repository.night("not the passphrase");
  expect(failure.steps.at(-1)?.outcome).toBe("failure");
  expect(failure.summary).toMatch(/^### The check itself failed \(exit code \d+\): nothing is known about the keys\n/);
  expect(failure.summary).toMatch(/^ {4}error: .*passphrase/m);
});
