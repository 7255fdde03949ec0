import { beforeEach, describe, expect, it } from "vitest";
import {
  adopt,
  compare,
  create,
  failureAhead,
  foresee,
  type Host,
  isWell,
  offer,
  parse,
  probeFreely,
  read,
  update,
} from "../../../../provider/core/lifecycle.ts";
import { type Status, UNKNOWN } from "../../../../provider/core/values.ts";
import type { ProbeResult, TestCallUse } from "../../../../provider/deepseek/probe.ts";
import { keyFingerprint } from "../../../../provider/deepseek/redact.ts";
import { exampleKey } from "../../../support/keys.ts";
import { settingsOf } from "./support/settings.ts";

/* What no row of test/contract shows of the steps. */

const host: Host = {
  report: async () => expect.unreachable("There is nothing to report."),
  probe: async () => expect.unreachable("No call may be made."),
  now: () => 0,
};

const inputs = { apiKey: exampleKey, displayName: "main" };

it.each([
  ["wrong inputs", { verify: "lax", maxAttempts: 0 }, ["argument-not-allowed", "argument-out-of-range"]],
  ["inputs that are still unknown", { baseUrl: UNKNOWN, defaultModel: UNKNOWN }, ["input-unknown"]],
])("create and update refuse %s even if they were not parsed before", async (_, wrong, codes) => {
  for (const outcome of [
    await create(host, { ...inputs, ...wrong }),
    await update(host, { ...inputs, status: "valid" }, { ...inputs, ...wrong }),
  ]) {
    expect(outcome.type === "failed" && outcome.problems.map(({ code }) => code)).toEqual(codes);
  }
});

it("a free probe refuses wrong inputs without a call", async () => {
  const { problems } = await probeFreely(host, { ...inputs, verify: "lax" });
  expect(problems).toMatchObject([{ code: "argument-not-allowed" }]);
});

it("a connection that exists in no state is not adopted with inputs that are wrong", async () => {
  expect(await adopt(host, {})).toMatchObject({ type: "failed", problems: [{ code: "argument-type" }, {}] });
});

it("inputs that are not known yet count as a change of those that differ", () => {
  const changed = { ...inputs, allowedModels: [UNKNOWN], verify: "none" };
  expect(compare({ ...inputs, verify: "none" }, changed)).toEqual({
    hasChanges: true,
    needsVerification: true,
    changed: ["allowedModels"],
  });
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
    await probeFreely(asking, inputs);
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
    await probeFreely(asking, free);
    await create(asking, free);
    await update(asking, stored("invalid", { testCall: "models" }), free);
    await read(asking, stored("unverified", { testCall: "models" }));
    expect(used).toEqual(["never", "never", "never", "never"]);
  });
});

const model = { id: "deepseek-flash" };
const findings = { models: [model], defaultModel: "deepseek-flash", balances: [] };
const good = { verdict: { kind: "valid" }, provesKey: true, findings } as const;
const rejected = {
  verdict: { kind: "invalid", code: "key-rejected", cause: "It is rejected.", nextStep: "Make a new one." },
  provesKey: false,
} as const;

/** A host whose probes have this result. */
const finding = (result: ProbeResult): Host => ({ report: async () => {}, probe: async () => result, now: () => 0 });

describe("a preview", () => {
  const derived = {
    apiKey: exampleKey,
    baseUrl: "https://api.deepseek.com",
    keyFingerprint: keyFingerprint(exampleKey),
  };

  it("knows what does not depend on the service, and the models that it lists", async () => {
    const found = await probeFreely(finding(good), inputs);
    const foreseen = foresee(found, inputs);
    expect(foreseen).toMatchObject({ ...inputs, ...derived, models: [model], status: UNKNOWN, defaultModel: UNKNOWN });
    expect(foreseen["openai"]).toEqual({ apiKey: exampleKey, baseURL: derived.baseUrl, model: UNKNOWN });
    expect(foresee({ problems: [] }, inputs)).toMatchObject({ models: UNKNOWN });
    expect(foresee(found, { ...inputs, defaultModel: "own" })).toMatchObject({
      defaultModel: "own",
      openai: { model: "own" },
    });
  });

  it("knows the whole state if no call has to be made", async () => {
    const created = await create(finding(good), inputs);
    const stored = created.type === "stored" ? created.state : expect.unreachable();
    const renamed = { ...inputs, displayName: "other" };
    expect(foresee({ problems: [] }, renamed, stored)).toEqual({ ...stored, displayName: "other" });
    const none = { ...inputs, verify: "none" };
    expect(foresee({ problems: [] }, none)).toMatchObject({ status: "unverified", models: [] });
  });

  it("knows only the inputs while some of them are not known", () => {
    const later = { ...inputs, baseUrl: UNKNOWN };
    expect(foresee({ problems: [] }, later)).toMatchObject({ ...later, keyFingerprint: UNKNOWN, openai: UNKNOWN });
  });
});

it("an unchanged connection is well unless a free probe finds a reason to stop", async () => {
  expect(await isWell(finding(good), inputs)).toBe(true);
  expect(await isWell(finding(rejected), inputs)).toBe(false);
});

describe("a connection that exists in no state", () => {
  it("is adopted if the free calls prove it", async () => {
    expect(await adopt(finding(good), inputs)).toMatchObject({
      type: "stored",
      state: { status: "valid", models: [model] },
    });
    expect(await adopt(finding(rejected), inputs)).toMatchObject({
      type: "failed",
      problems: [{ code: "key-rejected" }],
    });
  });

  it("is adopted without a call as unverified with verify: none", async () => {
    const adopted = await adopt(host, { ...inputs, verify: "none" });
    expect(adopted).toMatchObject({ type: "stored", state: { status: "unverified" } });
  });
});

describe("a signal", () => {
  it("ends a step that waits for the service, and one that begins afterwards", async () => {
    const abort = new AbortController();
    const waiting: Host = { ...finding(good), probe: () => new Promise(() => {}), signal: abort.signal };
    const step = probeFreely(waiting, inputs);
    abort.abort(new Error("interrupted"));
    await expect(step).rejects.toThrow("interrupted");
    await expect(create(waiting, inputs)).rejects.toThrow("interrupted");
  });

  it("that is not aborted changes nothing", async () => {
    const { signal } = new AbortController();
    expect(await probeFreely({ ...finding(good), signal }, inputs)).toMatchObject({ problems: [] });
  });
});

it("defaults fill in what is not set, and nothing else", async () => {
  const defaults = { apiKey: { value: "other", from: "configuration" }, baseUrl: "https://gateway.example" } as const;
  const { inputs: filled } = await parse(host, { displayName: "main", apiKey: undefined }, {}, defaults);
  expect(filled).toEqual({ displayName: "main", apiKey: "other", baseUrl: "https://gateway.example" });
  expect((await parse(host, inputs, {}, defaults)).inputs).toMatchObject(inputs);
});

it("a configured key that is not for the connection's base URL is named as the reason why there is none", async () => {
  const { problems } = await parse(host, { displayName: "main", verify: "lax" }, {}, { isKeyWithheld: true });
  expect(problems.map(({ code }) => code)).toEqual(["api-key-of-other-service", "argument-not-allowed"]);
});

describe("the models of a key", () => {
  it("are those that the service lists, whatever else it says about the account", async () => {
    expect(await offer(finding(good), inputs)).toEqual({ type: "models", models: [model] });
    const unfunded = { ...rejected, verdict: { ...rejected.verdict, kind: "unfunded" } } as const;
    expect(await offer(finding({ ...unfunded, findings }), inputs)).toMatchObject({ models: [model] });
    expect(await offer(finding({ verdict: { kind: "valid" }, provesKey: true }), inputs)).toMatchObject({ models: [] });
  });

  it("are not there if the inputs are wrong or the service gives no list, and the reason is", async () => {
    expect(await offer(host, {})).toMatchObject({ type: "failed" });
    expect(await offer(finding(rejected), inputs)).toMatchObject({
      type: "failed",
      problems: [{ code: "key-rejected", text: expect.stringMatching(/It is rejected\. Make a new one\.$/) }],
    });
  });
});

it("a probe before the check warns of what will stop the deployment, and of nothing else", () => {
  const settings = settingsOf(inputs);
  expect(failureAhead(settings, rejected)).toMatchObject({ level: "warning", code: "key-rejected" });
  expect(failureAhead(settings, good)).toBeUndefined();
});
