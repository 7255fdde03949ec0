import { describe, expect, it } from "vitest";
import { oneConnection, program } from "./programs.ts";
import { scene } from "./scene.ts";

/* The rows of the decision table, through the real engine. */

const { sandbox, key, workspace } = await scene();

describe("a good key", () => {
  it("passes the preview with the free calls alone, is verified by the test call, and then left alone", async () => {
    await using stack = await workspace(oneConnection());
    const apiKey = key("good");
    await stack.setConfig("deepseek:apiKey", ` ${apiKey} `, { secret: true });

    sandbox.clearRequests();
    expect(await stack.preview()).toMatchObject({ code: 0 });
    expect(sandbox.requests.map(({ path }) => path).sort()).toEqual(["/models", "/user/balance"]);

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

    sandbox.clearRequests();
    expect(await stack.up("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(sandbox.requests.filter(({ method }) => method === "POST")).toEqual([]);
    expect(await stack.destroy()).toMatchObject({ code: 0 });
  });
});

describe("a rejected key", () => {
  it("fails the preview, which says why and what to do, and creates nothing", async () => {
    await using stack = await workspace(oneConnection());
    const apiKey = key("wrong-key");
    await stack.setConfig("deepseek:apiKey", apiKey, { secret: true });
    const { code, all } = await stack.preview();
    expect(code).not.toBe(0);
    expect(all).toMatch(
      /resource 'main' has a problem: apiKey \(fingerprint [0-9a-f]{12}\): 127\.0\.0\.1:\d+ rejects this API key/,
    );
    expect(all).toContain("pulumi config set deepseek:verify none");
    expect(all).not.toContain(apiKey.slice(-4));
    expect((await stack.up()).code).not.toBe(0);
    expect(await stack.exportStack()).not.toContain("DeepSeekConnection");
  });

  it("is told together with all others of the program, without swallowing the program's own messages", async () => {
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

  it("is shown by refresh as drift when it was revoked, and put right by the next up once the key is well", async () => {
    await using stack = await workspace(oneConnection());
    const apiKey = key("good");
    await stack.setConfig("deepseek:apiKey", apiKey, { secret: true });
    expect(await stack.up()).toMatchObject({ code: 0 });

    sandbox.revoke(apiKey);
    const nightly = await stack.refresh("--preview-only", "--expect-no-changes");
    expect(nightly.code).not.toBe(0);
    expect(nightly.all).toMatch(/warning: DeepSeekConnection 'main': apiKey \(fingerprint .*rejects this API key/);
    expect(await stack.refresh()).toMatchObject({ code: 0 });
    expect(await stack.exportStack()).toContain('"status": "invalid"');

    sandbox.use(apiKey, "good");
    expect((await stack.preview("--expect-no-changes")).code).not.toBe(0);
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(await stack.outputs()).toMatchObject({ status: "valid" });
    expect(await stack.exportStack()).not.toContain("statusReason");
  });

  it("does not replace a good one; a good new one does, under the same id", async () => {
    await using stack = await workspace(oneConnection());
    const first = key("good");
    await stack.setConfig("deepseek:apiKey", first, { secret: true });
    expect(await stack.up()).toMatchObject({ code: 0 });
    const id = (await stack.exportStack()).match(/deepseek-connection-[0-9a-f-]{36}/)?.[0];
    const before = await stack.outputs({ showSecrets: true });

    await stack.setConfig("deepseek:apiKey", key("wrong-key"), { secret: true });
    expect((await stack.up()).code).not.toBe(0);
    expect((await stack.up("--skip-preview")).code).not.toBe(0);
    expect(await stack.outputs({ showSecrets: true })).toEqual(before);

    const second = key("good");
    await stack.setConfig("deepseek:apiKey", second, { secret: true });
    const { code, all } = await stack.up();
    expect({ code, replaced: /replace/.test(all) }).toEqual({ code: 0, replaced: false });
    expect(await stack.outputs({ showSecrets: true })).toMatchObject({ apiKey: second, openai: { apiKey: second } });
    expect(await stack.exportStack()).toContain(String(id));
  });
});

describe("other verdicts", () => {
  it("no money: a warning and a status, or a failure under verify: strict", async () => {
    await using stack = await workspace(oneConnection());
    await stack.setConfig("deepseek:apiKey", key("unfunded-chat"), { secret: true });
    const up = await stack.up();
    expect(up).toMatchObject({ code: 0 });
    expect(up.all).toMatch(/warning: DeepSeekConnection 'main': .*no money/);
    expect(await stack.outputs()).toMatchObject({
      status: "unfunded",
      statusReason: expect.stringContaining("no money"),
    });

    await stack.setConfig("deepseek:apiKey", key("unfunded"), { secret: true });
    await stack.setConfig("deepseek:verify", "strict");
    const strict = await stack.preview();
    expect(strict.code).not.toBe(0);
    expect(strict.all).toMatch(/has a problem: .*no money left/);
  });

  it("a service in trouble: the preview warns, create fails after its retries and stores nothing", async () => {
    await using stack = await workspace(oneConnection("maxAttempts: 2"));
    await stack.setConfig("deepseek:apiKey", key("overloaded"), { secret: true });
    const preview = await stack.preview();
    expect(preview).toMatchObject({ code: 0 });
    expect(preview.all).toMatch(/warning: DeepSeekConnection 'main': .* HTTP 503: "Service is too busy\./);
    expect(preview.all).not.toMatch(/rejects/);

    sandbox.clearRequests();
    const up = await stack.up("--skip-preview");
    expect(up.code).not.toBe(0);
    expect(up.all).toMatch(/error: 127.* HTTP 503: .*Nothing is known about the key/);
    expect(sandbox.requests.filter(({ path }) => path === "/models")).toHaveLength(4);
    expect(await stack.exportStack()).not.toContain("deepseek-connection-");

    await stack.setConfig("deepseek:apiKey", key("overloaded-then-well"), { secret: true });
    expect(await stack.up("--skip-preview")).toMatchObject({ code: 0 });
  });

  it("a wrong address fails the preview, a retired model the create, each naming its input", async () => {
    await using stack = await workspace(oneConnection('defaultModel: "deepseek-chat"'));
    await stack.setConfig("deepseek:apiKey", key("not-found"), { secret: true });
    const wrongAddress = await stack.preview();
    expect(wrongAddress.code).not.toBe(0);
    expect(wrongAddress.all).toMatch(/has a problem: .* GET \/models with HTTP 404: .*Check baseUrl/);

    await stack.setConfig("deepseek:apiKey", key("good"), { secret: true });
    const preview = await stack.preview();
    expect(preview).toMatchObject({ code: 0 });
    expect(preview.all).toContain("does not list deepseek-chat");
    const up = await stack.up("--skip-preview");
    expect(up.code).not.toBe(0);
    expect(up.all).toMatch(/Check defaultModel 'deepseek-chat'\. The service lists deepseek-flash, deepseek-v4-pro\./);
  });
});

describe("without verification", () => {
  it("nothing is asked; the stack's configuration overrides the program, with a warning, and back again", async () => {
    await using stack = await workspace(oneConnection('allowedModels: ["deepseek-v4-pro"]'));
    const apiKey = key("wrong-key");
    await stack.setConfig("deepseek:apiKey", apiKey, { secret: true });
    await stack.setConfig("deepseek:verify", "none");
    sandbox.clearRequests();
    const up = await stack.up();
    expect(up).toMatchObject({ code: 0 });
    expect(up.all).toMatch(
      /warning: DeepSeekConnection 'main': .*deepseek:verify is 'none' and overrides .*'standard'/,
    );
    expect(await stack.outputs()).toMatchObject({ status: "unverified", models: ["deepseek-v4-pro"] });
    expect(await stack.refresh("--expect-no-changes")).toMatchObject({ code: 0 });
    expect(sandbox.requests).toEqual([]);

    sandbox.use(apiKey, "good");
    await stack.setConfig("deepseek:verify", "standard");
    expect(await stack.up()).toMatchObject({ code: 0 });
    expect(await stack.outputs()).toMatchObject({ status: "valid" });
  });

  it("a value that does not exist fails", async () => {
    await using stack = await workspace(oneConnection());
    await stack.setConfig("deepseek:apiKey", key("good"), { secret: true });
    await stack.setConfig("deepseek:verify", "lax");
    const { code, all } = await stack.preview();
    expect(code).not.toBe(0);
    expect(all).toContain(`verify: must be one of 'standard', 'strict', 'none' (got "lax")`);
  });
});

it("wrong arguments fail the preview all together", async () => {
  await using stack = await workspace(oneConnection('apiKey: "a b", verify: "lax", maxAttempts: 0, region: "eu"'));
  const { code, all } = await stack.preview();
  expect(code).not.toBe(0);
  for (const name of ["apiKey", "verify", "maxAttempts", "region"])
    expect(all).toMatch(new RegExp(`problem: ${name}: `));
});
