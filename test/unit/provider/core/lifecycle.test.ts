import { beforeEach, describe, expect, it } from "vitest";
import { check, create, type Host, read, update } from "../../../../provider/core/lifecycle.ts";
import { type Status, UNKNOWN } from "../../../../provider/core/values.ts";
import type { TestCallUse } from "../../../../provider/deepseek/probe.ts";
import { exampleKey } from "../../../support/keys.ts";

/* Requests that no engine makes, and that must cause no calls if one does. Everything else is in test/contract. */

const host: Host = {
  report: async () => expect.unreachable("There is nothing to report."),
  probe: async () => expect.unreachable("No call may be made."),
  now: () => 0,
};

const inputs = { apiKey: exampleKey, displayName: "main" };

it.each([
  ["wrong inputs", { verify: "lax", maxAttempts: 0 }, ["argument-not-allowed", "argument-out-of-range"]],
  ["inputs that are still unknown", { baseUrl: UNKNOWN, defaultModel: UNKNOWN }, ["input-unknown"]],
])("create and update refuse %s even without a check before them", async (_, wrong, codes) => {
  for (const outcome of [
    await create(host, { ...inputs, ...wrong }),
    await update(host, { ...inputs, status: "valid" }, { ...inputs, ...wrong }),
  ]) {
    expect(outcome.type === "failed" && outcome.problems.map(({ code }) => code)).toEqual(codes);
  }
});

it("the failure for unknown inputs names them", async () => {
  const outcome = await create(host, { ...inputs, baseUrl: UNKNOWN, defaultModel: UNKNOWN });
  expect(outcome).toMatchObject({
    problems: [
      { text: expect.stringContaining("these inputs are still unknown during the deployment: baseUrl, defaultModel.") },
    ],
  });
});

describe("the test call is made", () => {
  const used: TestCallUse[] = [];
  const asking: Host = {
    report: async () => {},
    probe: async ({ testCall }) => {
      used.push(testCall);
      return { verdict: { kind: "valid" }, provesKey: true };
    },
    now: () => 0,
  };
  const stored = (status: Status, more = {}) => ({
    ...inputs,
    ...more,
    baseUrl: "https://api.deepseek.com",
    models: [{ id: "deepseek-flash" }],
    defaultModel: "deepseek-flash",
    status,
    keyFingerprint: "0123456789ab",
    openai: { apiKey: inputs.apiKey, baseURL: "https://api.deepseek.com" },
  });

  beforeEach(() => used.splice(0));

  it("by a preview only where the free calls prove nothing, and always by create and by update", async () => {
    await check(asking, inputs, {});
    await create(asking, inputs);
    await update(asking, stored("invalid"), inputs);
    expect(used).toEqual(["ifNeeded", "always", "always"]);
  });

  it("by a refresh of a valid connection only where the free calls prove nothing, and always of another one", async () => {
    await read(asking, stored("valid"));
    expect(used).toEqual(["ifNeeded"]);
    for (const status of ["unfunded", "invalid", "misconfigured", "unverified"] as const) {
      used.splice(0);
      await read(asking, stored(status));
      expect(used).toEqual(["always"]);
    }
  });

  it("never with testCall: models", async () => {
    const free = { ...inputs, testCall: "models" };
    await check(asking, free, {});
    await create(asking, free);
    await update(asking, stored("invalid", { testCall: "models" }), free);
    await read(asking, stored("unverified", { testCall: "models" }));
    expect(used).toEqual(["never", "never", "never", "never"]);
  });
});
