import * as pulumi from "@pulumi/pulumi";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Bag } from "../../../provider/core/values.ts";
import { check, create, diff, read, update } from "../../../provider/dynamic-shell.ts";
import { sandboxKey } from "../../../provider/sandbox/accounts.ts";
import type { ScenarioName } from "../../../provider/sandbox/scenarios.ts";
import { type Sandbox, startSandbox } from "../../../provider/sandbox/server.ts";

/*
 * The five functions by themselves, in this process: each branch at little cost. The suites in test/lifecycle run the
 * same through the real engine.
 */

let sandbox: Sandbox;
let keys = 0;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => {
  sandbox.clearRequests();
  vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  vi.spyOn(pulumi.log, "info").mockResolvedValue();
  vi.spyOn(pulumi.log, "debug").mockResolvedValue();
});
afterEach(() => vi.restoreAllMocks());

/** Inputs with a key of their own, since one key is asked once in a process. */
function inputsFor(scenario: ScenarioName, more: Bag = {}): Bag & { readonly apiKey: string } {
  const apiKey = sandboxKey(`lifecycle ${keys++}`);
  sandbox.use(apiKey, scenario);
  return { apiKey, baseUrl: sandbox.url, displayName: "main", maxAttempts: 1, ...more };
}

function warnings(): string {
  return vi
    .mocked(pulumi.log.warn)
    .mock.calls.map(([text]) => text)
    .join("\n");
}

function callsMade(): string[] {
  return sandbox.requests.map(({ method, path }) => `${method} ${path}`).sort();
}

const freeCalls = ["GET /models", "GET /user/balance"];
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("check", () => {
  it("lets a good key pass after the free calls, and hands the inputs back as they came", async () => {
    const inputs = inputsFor("good");
    const result = await check({}, { ...inputs, apiKeyFrom: "argument", __provider: "code" });
    expect(result).toEqual({ inputs, failures: [] });
    expect(callsMade()).toEqual(freeCalls);
  });

  it("fails on a rejected key, names no property and shows the fingerprint instead of the key", async () => {
    const inputs = inputsFor("wrong-key");
    const { failures = [] } = await check({}, inputs);
    expect(failures).toHaveLength(1);
    expect(failures[0]?.property).toBe("");
    expect(failures[0]?.reason).toMatch(/^apiKey \(fingerprint [0-9a-f]{12}\): 127\.0\.0\.1:\d+ rejects this API key/);
    expect(failures[0]?.reason).toContain("pulumi config set deepseek:verify none");
    expect(failures[0]?.reason).not.toContain(inputs.apiKey.slice(-4));
  });

  it("warns, and passes, while the service does not answer", async () => {
    expect((await check({}, inputsFor("server-error"))).failures).toEqual([]);
    expect(warnings()).toMatch(/^DeepSeekConnection 'main': 127.* HTTP 500.* It is checked again at the next preview/);
  });

  it("warns of a key that is due for rotation, and passes, under verify: none too", async () => {
    const aged = { keyCreatedAt: "2020-01-01", rotateAfterDays: 90 };
    expect((await check({}, inputsFor("good", aged))).failures).toEqual([]);
    expect((await check({}, inputsFor("good", { ...aged, verify: "none" }))).failures).toEqual([]);
    expect(warnings().match(/is \d{4} days old and due for rotation after 90/g)).toHaveLength(2);
  });

  it("fails under verify: strict where the standard warns", async () => {
    const { failures = [] } = await check({}, inputsFor("unfunded", { verify: "strict" }));
    expect(failures[0]?.reason).toContain("its account has no money left");
  });

  it("says which models the service does not list, and passes", async () => {
    const inputs = inputsFor("good", { allowedModels: ["deepseek-flash", "deepseek-v4-flash"] });
    expect((await check({}, inputs)).failures).toEqual([]);
    expect(warnings()).toContain("does not list deepseek-v4-flash. Aliases work unlisted");
  });

  it("makes no call under verify: none, nor while an input is unknown, nor with a wrong input", async () => {
    expect((await check({}, inputsFor("wrong-key", { verify: "none" }))).failures).toEqual([]);
    expect((await check({}, inputsFor("wrong-key", { baseUrl: unknown }))).failures).toEqual([]);
    expect((await check({}, inputsFor("wrong-key", { maxAttempts: 99 }))).failures).toHaveLength(1);
    expect(sandbox.requests).toEqual([]);
  });

  it("asks by itself when the verdict it was handed is of other inputs", async () => {
    const verdict = { kind: "invalid", code: "key-rejected", cause: "c", nextStep: "n" };
    const handed = { ...inputsFor("good"), verdict: { request: "another", result: { verdict } } };
    expect((await check({}, handed)).failures).toEqual([]);
    expect(callsMade()).toEqual(freeCalls);
  });

  it("warns with both fingerprints when a key from the environment would replace the one in state", async () => {
    const olds = inputsFor("good");
    const news = { ...inputsFor("good"), apiKeyFrom: "environment" };
    await check(olds, news);
    expect(warnings()).toMatch(
      /DEEPSEEK_API_KEY \(fingerprint [0-9a-f]{12}\) replaces .* \(fingerprint [0-9a-f]{12}\)/,
    );
    expect(warnings()).not.toContain(olds.apiKey.slice(-4));
    vi.mocked(pulumi.log.warn).mockClear();
    await check({ ...news, apiKey: ` ${news.apiKey}` }, news);
    await check({}, news);
    expect(warnings()).toBe("");
  });
});

describe("create", () => {
  it("makes the test call and stores what it learned, with a random id", async () => {
    const inputs = inputsFor("good", { baseUrl: `${sandbox.url}/` });
    const { id, outs } = await create(inputs);
    expect(id).toMatch(/^deepseek-connection-[0-9a-f-]{36}$/);
    expect(outs).toMatchObject({
      ...inputs,
      baseUrl: sandbox.url,
      status: "valid",
      defaultModel: "deepseek-flash",
      openai: { apiKey: inputs.apiKey, baseURL: sandbox.url, model: "deepseek-flash" },
      keyFingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
      verifiedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      servedModel: "deepseek-flash",
      systemFingerprint: expect.any(String),
    });
    expect(outs.models.map((model: { id: string }) => model.id)).toEqual(["deepseek-flash", "deepseek-v4-pro"]);
    expect(outs).not.toHaveProperty("statusReason");
    expect(callsMade()).toEqual([...freeCalls, "POST /chat/completions"]);
  });

  it("makes the free calls alone with testCall: models", async () => {
    await create(inputsFor("good", { testCall: "models" }));
    expect(callsMade()).toEqual(freeCalls);
  });

  it("stores an account without money, whose chat alone says so, as unfunded", async () => {
    const { outs } = await create(inputsFor("unfunded-chat"));
    expect(outs).toMatchObject({ status: "unfunded", statusReason: expect.stringContaining("no money left") });
  });

  it("makes no call under verify: none", async () => {
    const { outs } = await create(inputsFor("good", { verify: "none", allowedModels: ["a", "b"] }));
    expect(outs).toMatchObject({ status: "unverified", models: [{ id: "a" }, { id: "b" }], defaultModel: "a" });
    expect(outs).not.toHaveProperty("verifiedAt");
    const { outs: without } = await create(inputsFor("good", { verify: "none" }));
    expect(without).toMatchObject({ status: "unverified", models: [] });
    expect(without).not.toHaveProperty("defaultModel");
    expect(sandbox.requests).toEqual([]);
  });

  it.each([
    ["wrong-key", "rejects this API key"],
    ["server-error", "HTTP 500"],
    ["not-found", "Check baseUrl"],
    ["retired-model", "Check defaultModel 'deepseek-flash'. The service lists deepseek-flash, deepseek-v4-pro."],
  ] as const)("fails on %s with an error that holds no id and no key", async (scenario, text) => {
    const inputs = inputsFor(scenario);
    const error: Error = await create(inputs).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(error.message).toContain(text);
    expect(error.message).not.toContain(inputs.apiKey.slice(-4));
    expect(Object.keys(error)).toEqual([]);
    expect(error.cause).toBeUndefined();
  });

  it("refuses inputs that check would have refused", async () => {
    await expect(create(inputsFor("good", { verify: "lax", maxAttempts: 0 }))).rejects.toThrow(
      /verify: .*\nmaxAttempts: /,
    );
    await expect(create(inputsFor("good", { baseUrl: unknown }))).rejects.toThrow(
      "still not known at deployment: baseUrl.",
    );
  });
});

describe("diff and update", () => {
  async function created(scenario: ScenarioName = "good", more: Bag = {}) {
    const inputs = inputsFor(scenario, more);
    const { outs } = await create(inputs);
    sandbox.clearRequests();
    return { inputs, outs };
  }

  it("find nothing to do after a create", async () => {
    const { inputs, outs } = await created();
    expect(await diff("id", outs, inputs)).toEqual({ changes: false });
  });

  it("see a change in an input that is not known yet", async () => {
    const { inputs, outs } = await created();
    expect(await diff("id", outs, { ...inputs, apiKey: unknown })).toEqual({ changes: true });
  });

  it("carry the last verification over when only the name changes", async () => {
    const { inputs, outs } = await created("unfunded", { verify: "standard" });
    const renamed = { ...inputs, displayName: "other" };
    const well = { ...outs, status: "valid" };
    expect(await diff("id", well, renamed)).toEqual({ changes: true });
    expect((await update("id", well, renamed)).outs).toEqual({ ...well, displayName: "other" });
    expect(sandbox.requests).toEqual([]);
  });

  it("verify a new key with the test call and keep the model that was chosen", async () => {
    const { inputs, outs } = await created("good", { defaultModel: "deepseek-v4-pro" });
    const { defaultModel: _, ...rest } = inputs as Bag;
    const rotated = { ...rest, apiKey: inputsFor("good").apiKey };
    const { outs: after } = await update("id", outs, rotated);
    expect(after).toMatchObject({ apiKey: rotated.apiKey, defaultModel: "deepseek-v4-pro", status: "valid" });
    expect(callsMade()).toContain("POST /chat/completions");
    expect(vi.mocked(pulumi.log.info).mock.calls).toEqual([[expect.stringContaining("Revoke the old one")]]);
  });

  it("have nothing to say of an old key when the key is the same, or when nothing was asked", async () => {
    const { inputs, outs } = await created();
    await update("id", outs, { ...inputs, testCall: "models" });
    await update("id", outs, { ...inputs, apiKey: inputsFor("wrong-key").apiKey, verify: "none" });
    expect(pulumi.log.info).not.toHaveBeenCalled();
  });

  it("refuse a bad new key", async () => {
    const { inputs, outs } = await created();
    const rotated = { ...inputs, apiKey: inputsFor("wrong-key").apiKey };
    await expect(update("id", outs, rotated)).rejects.toThrow("rejects this API key");
  });

  it("choose the model anew under verify: none only if none is known", async () => {
    const { inputs, outs } = await created();
    const { outs: after } = await update("id", outs, { ...inputs, verify: "none" });
    expect(after).toMatchObject({ status: "unverified", defaultModel: "deepseek-flash" });
    const { defaultModel: _, ...without } = outs;
    expect((await update("id", without, { ...inputs, verify: "none" })).outs).not.toHaveProperty("defaultModel");
    expect((await update("id", { ...without, status: "valid" }, inputs)).outs).not.toHaveProperty("defaultModel");
  });
});

describe("read", () => {
  async function stored(scenario: ScenarioName, more: Bag = {}): Promise<Bag> {
    const inputs = inputsFor("good", more);
    const { outs } = await create(inputs);
    sandbox.use(inputs.apiKey, scenario);
    sandbox.clearRequests();
    return outs;
  }

  it("changes nothing while the connection is well, and makes the free calls alone", async () => {
    const props = await stored("good");
    expect(await read("id", props)).toEqual({ id: "id", props });
    expect(callsMade()).toEqual(freeCalls);
  });

  it.each([
    ["wrong-key", "invalid"],
    ["unfunded", "unfunded"],
    ["not-found", "misconfigured"],
  ] as const)("shows %s as the status %s with its reason, and warns", async (scenario, status) => {
    const props = await stored(scenario);
    const { id, props: after } = await read("id", props);
    expect(id).toBe("id");
    expect(after).toEqual({ ...props, status, statusReason: expect.any(String) });
    expect(warnings()).toContain("DeepSeekConnection 'main': ");
    sandbox.use(String(props["apiKey"]), "good");
  });

  it("drops the reason once the connection is well again", async () => {
    const props = await stored("good");
    const unwell = { ...props, status: "invalid", statusReason: "It was rejected." };
    expect((await read("id", unwell)).props).toEqual(props);
  });

  it("leaves the state as it is while nothing is known, and says so", async () => {
    const props = await stored("overloaded");
    expect(await read("id", props)).toEqual({ id: "id", props });
    expect(warnings()).toContain("HTTP 503");
  });

  it("shows a new offer of the service", async () => {
    const props = { ...(await stored("good")), models: [{ id: "retired" }] };
    expect((await read("id", props)).props).toMatchObject({
      models: [{ id: "deepseek-flash" }, { id: "deepseek-v4-pro" }],
    });
  });

  it("makes no call under verify: none, and leaves a state alone that it does not understand", async () => {
    const unverified = { ...(await stored("wrong-key")), verify: "none" };
    expect(await read("id", unverified)).toEqual({ id: "id", props: unverified });
    const strange = { ...unverified, verify: "someday" };
    expect(await read("id", strange)).toEqual({ id: "id", props: strange });
    expect(sandbox.requests).toEqual([]);
  });
});

it("asks one key once, however many connections share it", async () => {
  const inputs = inputsFor("good");
  await Promise.all([check({}, inputs), check({}, { ...inputs, displayName: "other" })]);
  expect(callsMade()).toEqual(freeCalls);
});
