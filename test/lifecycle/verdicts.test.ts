import { describe, expect, it } from "vitest";
import { oneConnection, program } from "../support/programs.ts";
import { startSandboxWithWorkspaces } from "./sandbox-with-workspaces.ts";

/* The effects of a verdict on a whole program. test/contract tests the lifecycle of one connection. */

const { sandbox, key, workspace } = await startSandboxWithWorkspaces();

it("a good key is a secret output, and no later command finds a difference", async () => {
  await using stack = await workspace(oneConnection());
  const apiKey = key("good");
  await stack.setConfig("deepseek:apiKey", apiKey, { secret: true });
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(await stack.outputs({ showSecrets: true })).toEqual({
    apiKey,
    status: "valid",
    defaultModel: "deepseek-flash",
    keyFingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
    verifiedAt: expect.any(String),
    models: ["deepseek-flash", "deepseek-v4-pro"],
    openai: { apiKey, baseURL: sandbox.url, model: "deepseek-flash" },
  });
  expect(await stack.outputs()).toMatchObject({ apiKey: "[secret]", openai: "[secret]" });
  expect(await stack.up("--expect-no-changes")).toMatchObject({ code: 0 });
  expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
});

describe("a rejected key", () => {
  it("is reported together with all others of the program, without hiding the program's own messages", async () => {
    const bad = [key("wrong-key"), key("wrong-key-plain"), key("wrong-key")];
    await using stack = await workspace(
      program(`
${bad.map((apiKey, index) => `new DeepSeekConnection("bad-${index}", { baseUrl, apiKey: "${apiKey}" });`).join("\n")}
new DeepSeekConnection("fine", { baseUrl, apiKey: "${key("good")}" });
pulumi.log.warn("the program's own warning");
pulumi.output(new Promise((resolve) => setTimeout(resolve, 100))).apply(() => pulumi.log.info("a later message"));
`),
    );
    const { code, all } = await stack.preview();
    expect(code).not.toBe(0);
    for (const index of bad.keys()) expect(all).toMatch(new RegExp(`bad-${index}'.*rejects this API key`));
    expect(all).not.toMatch(/fine'.*rejects/);
    expect(all).toContain("the program's own warning");
    expect(all).toContain("a later message");
    for (const apiKey of bad) expect(all).not.toContain(apiKey.slice(-8));
  });

  it("fails a nightly refresh that expects no changes", async () => {
    await using stack = await workspace(oneConnection());
    const apiKey = key("good");
    await stack.setConfig("deepseek:apiKey", apiKey, { secret: true });
    expect(await stack.up("--skip-preview")).toMatchObject({ code: 0 });
    sandbox.revoke(apiKey);
    const nightly = await stack.refresh("--preview-only", "--expect-no-changes");
    expect(nightly.code).not.toBe(0);
    expect(nightly.all).toMatch(/warning: DeepSeekConnection 'main': apiKey \(fingerprint .*rejects this API key/);
  });

  it("does not replace a good one; a good new one does, under the same id", async () => {
    await using stack = await workspace(oneConnection());
    await stack.setConfig("deepseek:apiKey", key("good"), { secret: true });
    expect(await stack.up("--skip-preview")).toMatchObject({ code: 0 });
    const id = (await stack.exportStack()).match(/deepseek-connection-[0-9a-f-]{36}/)?.[0];
    const before = await stack.outputs({ showSecrets: true });

    await stack.setConfig("deepseek:apiKey", key("wrong-key"), { secret: true });
    expect((await stack.up("--skip-preview")).code).not.toBe(0);
    expect(await stack.outputs({ showSecrets: true })).toEqual(before);

    const second = key("good");
    await stack.setConfig("deepseek:apiKey", second, { secret: true });
    const { code, all } = await stack.up();
    expect({ code, replaced: /\d (to replace|replaced)/.test(all) }).toEqual({ code: 0, replaced: false });
    expect(await stack.outputs({ showSecrets: true })).toMatchObject({ apiKey: second, openai: { apiKey: second } });
    expect(await stack.exportStack()).toContain(String(id));
  });
});
