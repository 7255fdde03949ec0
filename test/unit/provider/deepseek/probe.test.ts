import { describe, expect, test } from "vitest";
import { undiciHttp } from "../../../../provider/deepseek/http-undici.ts";
import type { ProbeRequest } from "../../../../provider/deepseek/probe.ts";
import { ask, countCalls, verdictLine } from "./support/ask.ts";
import { type Answer, scripted } from "./support/script.ts";

type Wishes = Pick<Partial<ProbeRequest>, "allowedModels" | "defaultModel" | "chosenModel">;

const list = (...ids: readonly string[]): Answer => ({ status: 200, body: { data: ids.map((id) => ({ id })) } });
const listed = list("zebra", "ant", "mule");

async function probeWith(script: Readonly<Record<string, readonly Answer[]>>, request: Partial<ProbeRequest> = {}) {
  const { baseUrl, received } = await scripted(script);
  const { result } = await ask(undiciHttp, { baseUrl, ...request });
  return { result, received };
}

async function findings(wishes: Wishes) {
  const { result, received } = await probeWith({ "/models": [listed] }, wishes);
  if (result.findings === undefined) throw new Error("nothing found");
  const { models, balances: _, ...rest } = { ...result.findings, unlisted: result.unlisted };
  const asked = received.find(({ path }) => path === "/chat/completions")?.body;
  expect(asked).toMatchObject({ model: rest.defaultModel });
  return { ...rest, models: models.map(({ id }) => id) };
}

describe("the default model", () => {
  const models = ["ant", "mule", "zebra"];
  test.each<[string, Wishes, string]>([
    ["is the first one that the service lists", {}, "zebra"],
    ["is the first listed one of the allowed", { allowedModels: ["mule", "ant"] }, "ant"],
    ["is the first allowed one when none of them is listed", { allowedModels: ["alias", "other"] }, "alias"],
    ["is kept while it is listed", { chosenModel: "mule" }, "mule"],
    ["is chosen again when it is no longer listed", { chosenModel: "gone" }, "zebra"],
    ["is chosen again when it is no longer allowed", { chosenModel: "mule", allowedModels: ["ant"] }, "ant"],
    ["is the one that the user set", { defaultModel: "ant", chosenModel: "mule" }, "ant"],
    ["may be an alias that is not listed", { defaultModel: "alias" }, "alias"],
  ])("%s", async (_, wishes, expected) => {
    expect((await findings(wishes)).defaultModel).toBe(expected);
  });

  test("is reported with all models, sorted, if none are allowed explicitly", async () => {
    expect(await findings({})).toEqual({ models, defaultModel: "zebra", unlisted: [] });
  });

  test("is reported with the allowed models in the user's order, and with the unlisted ones", async () => {
    expect(await findings({ allowedModels: ["mule", "alias", "ant"], defaultModel: "alias" })).toEqual({
      models: ["mule", "alias", "ant"],
      defaultModel: "alias",
      unlisted: ["alias"],
    });
  });

  test("is reported as unlisted even without allowedModels", async () => {
    expect(await findings({ defaultModel: "alias" })).toEqual({ models, defaultModel: "alias", unlisted: ["alias"] });
  });

  test("cannot be chosen from an empty list, but can be set", async () => {
    const empty = { "/models": [list()] };
    expect((await probeWith(empty)).result).toMatchObject({ verdict: { kind: "misconfigured" } });
    const named = await probeWith(empty, { defaultModel: "alias" });
    expect(named.result).toMatchObject({ verdict: { kind: "valid" }, findings: { models: [], defaultModel: "alias" } });
  });
});

describe("the calls", () => {
  test("are only the free ones if no test call is requested", async () => {
    const { result, received } = await probeWith({}, { testCall: "never" });
    expect(result.verdict).toEqual({ kind: "valid" });
    expect(countCalls(received)).toEqual([1, 1, 0]);
  });

  test("end if the balance is insufficient, by its reply or by a 402", async () => {
    const said = { call: "balance" };
    for (const [answer, verdict] of [
      [{ status: 200, body: { is_available: false } }, said],
      [{ status: 402 }, { ...said, httpStatus: 402 }],
    ] as const) {
      const { result, received } = await probeWith({ "/user/balance": [answer] });
      const told = {
        kind: "unfunded",
        code: "balance-insufficient",
        cause: expect.any(String),
        nextStep: expect.any(String),
        ...verdict,
      };
      expect(result).toEqual({ verdict: told, findings: expect.anything(), unlisted: [] });
      expect(countCalls(received)).toEqual([1, 1, 0]);
    }
  });

  test.each([{ status: 404 }, { status: 503 }, { status: 0 }, { status: 200, body: "{}" }])(
    "continue if the balance is not available: %j",
    async (answer) => {
      const { result, received } = await probeWith({ "/user/balance": [answer] });
      expect(result.verdict).toEqual({ kind: "valid" });
      expect(countCalls(received)).toEqual([1, 1, 1]);
    },
  );

  test("report the account's balance, sufficient or not", async () => {
    const info = { currency: "USD", total_balance: "0.02" };
    for (const is_available of [true, false]) {
      const { result } = await probeWith({
        "/user/balance": [{ status: 200, body: { is_available, balance_infos: [info] } }],
      });
      expect(result.findings?.balances).toEqual([{ currency: "USD", amount: 0.02 }]);
    }
  });

  test("report no balance if it is not available", async () => {
    const { result } = await probeWith({ "/user/balance": [{ status: 404 }] });
    expect(result.findings?.balances).toEqual([]);
  });

  test("report no findings if the models cannot be listed", async () => {
    expect((await probeWith({ "/models": [{ status: 402 }] })).result).toEqual({
      verdict: expect.objectContaining({ kind: "unfunded" }),
    });
  });
});

describe("the test call", () => {
  test("reports the model that served it and the service's configuration", async () => {
    const reply = { choices: [{ finish_reason: "length" }], model: "behind", system_fingerprint: "fp_1" };
    const { result } = await probeWith({ "/chat/completions": [{ status: 200, body: reply }] });
    expect(result).toMatchObject({
      verdict: { kind: "valid" },
      findings: { servedModel: "behind", systemFingerprint: "fp_1" },
    });
  });

  test("keeps what the free calls found when it fails", async () => {
    const { result } = await probeWith({ "/chat/completions": [{ status: 402 }] });
    expect(result).toMatchObject({ verdict: { kind: "unfunded" }, findings: { defaultModel: "deepseek-flash" } });
  });

  const key = "sk-0123456789abcdef0123456789abcdef";

  test("that fails does not quote a model name in which the service echoes a part of the key", async () => {
    const { result } = await probeWith(
      { "/models": [list(`a-${key.slice(-4)}`, "b")], "/chat/completions": [{ status: 400, body: "no" }] },
      { apiKey: key },
    );
    expect(verdictLine(result)).toMatch(/Check defaultModel '\[redacted\]'\. The service lists \[redacted\], b\.$/);
  });

  test("leaves out findings in which the service echoes the key, since they would be stored in plain text", async () => {
    const chat = JSON.stringify({ choices: [{}], model: `served ${key}`, system_fingerprint: key.slice(3) });
    const { result } = await probeWith(
      {
        "/models": [list(`${key}-a`, "b")],
        "/user/balance": [{ status: 200, body: { is_available: true, balance_infos: [{ currency: key }] } }],
        "/chat/completions": [{ status: 200, body: chat }],
      },
      { apiKey: key },
    );
    expect(result).toEqual({
      verdict: { kind: "valid" },
      findings: { models: [{ id: "b" }], defaultModel: "b", balances: [] },
      unlisted: [],
    });
  });
});
