import * as pulumi from "@pulumi/pulumi";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { parseInputs, probeRequestOf } from "../../../provider/core/inputs.ts";
import type { Bag } from "../../../provider/core/values.ts";
import { requestFingerprint } from "../../../provider/deepseek/probe.ts";
import { check, create, diff, read, update } from "../../../provider/dynamic-shell.ts";
import type { PreflightResult } from "../../../provider/preflight.ts";
import { sandboxKey } from "../../../provider/sandbox/accounts.ts";
import type { ScenarioName } from "../../../provider/sandbox/scenarios.ts";
import { type Sandbox, startSandbox } from "../../../provider/sandbox/server.ts";

/* The translation that only the dynamic shell does. test/contract tests the lifecycle in it. */

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

/** Inputs with a new key, since each key is probed only once in a process. */
function inputsFor(scenario: ScenarioName, more: Bag = {}): Bag & { readonly apiKey: string } {
  const apiKey = sandboxKey(`dynamic shell ${keys++}`);
  sandbox.use(apiKey, scenario);
  return { apiKey, baseUrl: sandbox.url, displayName: "main", maxAttempts: 1, ...more };
}

const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("what the constructor and the engine add to the inputs", () => {
  it("is not passed on by check", async () => {
    const inputs = inputsFor("good");
    const added = { verdict: undefined, apiKeyFrom: "argument", __provider: "the code in state" };
    expect(await check({}, { ...inputs, ...added })).toEqual({ inputs, failures: [] });
  });

  it("is not stored by create and update, and does not count as a change", async () => {
    const inputs = inputsFor("good", { testCall: "models" });
    const added = { ...inputs, __provider: "the code in state" };
    const { outs } = await create(added);
    expect(outs).not.toHaveProperty("__provider");
    expect(await diff("id", { ...outs, __provider: "older code" }, added)).toEqual({ changes: false });
    const renamed = await update("id", outs, { ...added, displayName: "other" });
    expect(renamed.outs).toEqual({ ...outs, displayName: "other" });
  });
});

describe("an input that is not known yet", () => {
  it("passes through check as the engine's marker, without a call", async () => {
    const inputs = inputsFor("wrong-key", { allowedModels: ["deepseek-flash", unknownMark], baseUrl: unknownMark });
    expect(await check({}, inputs)).toEqual({ inputs, failures: [] });
    expect(sandbox.requests).toEqual([]);
  });

  it("counts as a change", async () => {
    const inputs = inputsFor("good");
    const { outs } = await create(inputs);
    expect(await diff("id", outs, { ...inputs, apiKey: unknownMark })).toEqual({ changes: true });
  });
});

describe("the result of a preflight", () => {
  const rejected = {
    verdict: { kind: "invalid", code: "key-rejected", cause: "It is rejected.", nextStep: "Make a new one." },
    provesKey: false,
  } as const;

  function preflightOf(inputs: Bag): PreflightResult {
    const parsed = parseInputs(inputs);
    if (parsed.type !== "settings") throw new Error("The test's own inputs are wrong.");
    return { request: requestFingerprint(probeRequestOf(parsed.settings, "ifNeeded")), result: rejected };
  }

  it("is used by check if it is for the same request, so that no call is made", async () => {
    const inputs = inputsFor("good");
    const { failures = [] } = await check({}, { ...inputs, verdict: preflightOf(inputs) });
    expect(failures).toEqual([{ property: "", reason: expect.stringContaining("It is rejected. Make a new one.") }]);
    expect(sandbox.requests).toEqual([]);
  });

  it("is ignored by check if it is for other inputs", async () => {
    const inputs = inputsFor("good");
    const { failures } = await check({}, { ...inputs, verdict: preflightOf(inputsFor("good")) });
    expect(failures).toEqual([]);
    expect(sandbox.requests).not.toEqual([]);
  });
});

it("check fails on a rejected key, names no property and shows the fingerprint instead of the key", async () => {
  const inputs = inputsFor("wrong-key");
  const { failures = [] } = await check({}, inputs);
  expect(failures).toEqual([
    { property: "", reason: expect.stringMatching(/^apiKey \(fingerprint [0-9a-f]{12}\): .* \[key-rejected\]$/) },
  ]);
  expect(failures[0]?.reason).not.toContain(inputs.apiKey.slice(-4));
});

it("create returns a random id, and update keeps it by returning none", async () => {
  const ids = await Promise.all([create(inputsFor("good")), create(inputsFor("good"))]);
  for (const { id } of ids) expect(id).toMatch(/^deepseek-connection-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(ids[0]?.id).not.toBe(ids[1]?.id);
});

it("read returns the id, without which the engine would remove the connection from state", async () => {
  const inputs = inputsFor("good");
  const { outs } = await create(inputs);
  expect(await read("id", outs)).toEqual({ id: "id", props: outs });
  sandbox.revoke(inputs.apiKey);
  expect(await read("id", { strange: true })).toEqual({ id: "id", props: { strange: true } });
});

it.each<readonly [string, ScenarioName, Bag]>([
  ["a good key", "good", {}],
  ["verify: none", "good", { verify: "none" }],
  ["a status with a reason", "unfunded", {}],
])("no value passed to the engine is undefined, at any depth: %s", async (_, scenario, more) => {
  const inputs = inputsFor(scenario, more);
  const checked = await check({}, inputs);
  const { outs } = await create(inputs);
  const updated = await update("id", outs, { ...inputs, displayName: "other" });
  const { props } = await read("id", outs);
  for (const bag of [checked.inputs, outs, updated.outs, props]) expect(pathsOfUndefined(bag)).toEqual([]);
});

function pathsOfUndefined(value: unknown, path = ""): readonly string[] {
  if (value === undefined) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => pathsOfUndefined(part, `${path}.${name}`));
}

describe("an error of create or update", () => {
  it.each([
    ["wrong-key", "rejects this API key"],
    ["server-error", "HTTP 500"],
    ["not-found", "Check baseUrl"],
    ["retired-model", "'deepseek-flash' was tried"],
  ] as const)("has neither id nor cause nor key, and the message's code: %s", async (scenario, text) => {
    const inputs = inputsFor(scenario);
    const { outs } = await create(inputsFor("good", { displayName: `before ${scenario}` }));
    for (const call of [() => create(inputs), () => update("id", outs, inputs)]) {
      const error: Error = await call().then(
        () => expect.unreachable(),
        (thrown) => thrown,
      );
      expect(error.message).toContain(text);
      expect(error.message).toMatch(/ \[[a-z-]+\]$/);
      expect(error.message).not.toContain(inputs.apiKey.slice(-4));
      expect(Object.keys(error)).toEqual([]);
      expect(error.cause).toBeUndefined();
    }
  });

  it("has a line for each problem", async () => {
    await expect(create(inputsFor("good", { verify: "lax", maxAttempts: 0 }))).rejects.toThrow(
      /^verify: .* \[argument-not-allowed\]\nmaxAttempts: .* \[argument-out-of-range\]$/,
    );
  });
});

it("one key is probed once in a process, however many connections share it", async () => {
  const inputs = inputsFor("good");
  await Promise.all([check({}, inputs), check({}, { ...inputs, displayName: "other" })]);
  const withKey = sandbox.requests.filter(({ authorization }) => authorization !== undefined);
  expect(withKey.map(({ path }) => path).toSorted()).toEqual(["/models", "/user/balance"]);
});

it("the list is asked for without a key once in a process, however many keys the service has", async () => {
  const gateway = await startSandbox({ publicModels: true });
  const keys = ["a", "b", "c"].map((label) => sandboxKey(`shared ${label}`));
  for (const apiKey of keys) gateway.use(apiKey, "gateway");
  await Promise.all(keys.map((apiKey) => check({}, { apiKey, baseUrl: gateway.url, displayName: "main" })));
  expect(gateway.requests.filter(({ authorization }) => authorization === undefined)).toHaveLength(1);
  await gateway.close();
});
