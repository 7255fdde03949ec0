import { describe, expect, test } from "vitest";
import type { Http } from "../../../../provider/deepseek/http.ts";
import { undiciHttp } from "../../../../provider/deepseek/http-undici.ts";
import { type ProbeRequest, probe } from "../../../../provider/deepseek/probe.ts";
import { ProbeMemory } from "../../../../provider/deepseek/probe-memory.ts";
import { ask, countCalls, verdictLine } from "./support/ask.ts";
import { responseOf } from "./support/response.ts";
import { type Answer, scripted } from "./support/script.ts";

const key = "sk-0123456789abcdef0123456789abcdef";

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
    expect(await findings({ allowedModels: ["mule", "alias", "other"], defaultModel: "alias" })).toEqual({
      models: ["mule", "alias", "other"],
      defaultModel: "alias",
      // The alias has just answered.
      unlisted: ["other"],
    });
  });

  test("that is not listed is reported if it does not answer", async () => {
    const script = { "/models": [listed], "/chat/completions": [{ status: 404 }] };
    const { result } = await probeWith(script, { defaultModel: "alias" });
    expect(result).toMatchObject({ verdict: { kind: "misconfigured" }, unlisted: ["alias"] });
  });

  test("cannot be chosen from an empty list, but can be set", async () => {
    const empty = { "/models": [list()] };
    expect((await probeWith(empty)).result).toMatchObject({ verdict: { kind: "misconfigured" } });
    const named = await probeWith(empty, { defaultModel: "alias" });
    expect(named.result).toMatchObject({ verdict: { kind: "valid" }, findings: { models: [], defaultModel: "alias" } });
  });
});

describe("the calls", () => {
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
      expect(result).toEqual({ verdict: told, provesKey: true, findings: expect.anything(), unlisted: [] });
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
      provesKey: true,
    });
  });
});

describe("the test call", () => {
  test("reports the model that served it and the service's configuration", async () => {
    const reply = { choices: [{ message: {}, finish_reason: "length" }], model: "behind", system_fingerprint: "fp_1" };
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

  test("that fails does not quote a model name in which the service echoes a part of the key", async () => {
    const { result } = await probeWith(
      { "/models": [list(`a-${key.slice(-4)}`, "b")], "/chat/completions": Array(2).fill({ status: 400, body: "no" }) },
      { apiKey: key },
    );
    expect(verdictLine(result)).toMatch(
      /none was set, so '\[redacted\]' was tried\. The service lists \[redacted\], b\.$/,
    );
  });

  test("leaves out findings in which the service echoes the key, since they would be stored in plain text", async () => {
    const chat = JSON.stringify({
      choices: [{ message: {} }],
      model: `served ${key}`,
      system_fingerprint: key.slice(3),
    });
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
      provesKey: true,
      findings: { models: [{ id: "b" }], defaultModel: "b", balances: [] },
      unlisted: [],
    });
  });
});

describe("what proves a connection:", () => {
  const guarded: Answer = { status: 401, body: { error: { message: "No key." } } };
  const rejected: Answer = { status: 401, body: { error: { message: "User not found." } } };

  /** A service whose list answers a request without a key like this. */
  async function service(control: Answer, script: Readonly<Record<string, readonly Answer[]>> = {}) {
    const calls: string[] = [];
    const received = new Map<string, number>();
    const http: Http = async ({ url, headers, method }) => {
      const { pathname } = new URL(url);
      const isControl = headers["authorization"] === undefined;
      calls.push(`${method} ${pathname}${isControl ? " without key" : ""}`);
      const nth = received.get(pathname) ?? 0;
      if (!isControl) received.set(pathname, nth + 1);
      const { status, body = "" } = isControl
        ? control
        : (script[pathname]?.[nth] ?? well[pathname] ?? { status: 404 });
      if (status === 0) throw new Error("reset");
      return responseOf(status, typeof body === "string" ? body : JSON.stringify(body));
    };
    return { calls, http };
  }

  const well: Readonly<Record<string, Answer>> = {
    "/models": list("a", "b"),
    "/chat/completions": { status: 200, body: { choices: [{ message: {} }] } },
  };

  const gateway = "https://gateway.example";
  const free = ["GET /models", "GET /models without key", "GET /user/balance"];
  const paid = [...free, "POST /chat/completions"];

  test("DeepSeek's list proves the key, since DeepSeek refuses it without one", async () => {
    for (const testCall of ["ifNeeded", "never"] as const) {
      const { calls, http } = await service({ status: 200 });
      const { result } = await ask(http, { baseUrl: "https://api.deepseek.com", testCall });
      expect(result).toMatchObject({ verdict: { kind: "valid" }, provesKey: true });
      expect(calls.toSorted()).toEqual(["GET /models", "GET /user/balance"]);
    }
  });

  test.each([401, 403])("elsewhere, a list that is refused without a key with HTTP %i does", async (status) => {
    for (const testCall of ["ifNeeded", "never"] as const) {
      const { calls, http } = await service({ status });
      const { result } = await ask(http, { baseUrl: gateway, testCall });
      expect(result).toMatchObject({ verdict: { kind: "valid" }, provesKey: true });
      expect(calls.toSorted()).toEqual(free);
    }
  });

  test.each([
    ["a list", list("a", "b")],
    ["404", { status: 404 }],
    ["429", { status: 429 }],
    ["503", { status: 503 }],
    ["a reset", { status: 0 }],
  ])("a list that is answered without a key with %s does not, and the test call decides", async (_, control) => {
    const { calls, http } = await service(control);
    const { result } = await ask(http, { baseUrl: gateway, testCall: "ifNeeded" });
    expect(result).toMatchObject({ verdict: { kind: "valid" }, provesKey: true });
    expect(calls.toSorted()).toEqual(paid);

    const dead = await service(control, { "/chat/completions": [rejected, rejected] });
    const asked = await ask(dead.http, { baseUrl: gateway, testCall: "ifNeeded" });
    expect(asked.result).toMatchObject({ verdict: { kind: "invalid" }, provesKey: false });
  });

  test("without the test call, it is unverified", async () => {
    const { calls, http } = await service(list("a"));
    const { result } = await ask(http, { baseUrl: gateway, testCall: "never" });
    expect(result).toMatchObject({ verdict: { kind: "unverified", code: "key-unproven" }, provesKey: false });
    expect(calls.toSorted()).toEqual(free);
  });

  test("the list is not asked for without a key where the test call decides anyway", async () => {
    const { calls, http } = await service(guarded);
    await ask(http, { baseUrl: gateway, testCall: "always" });
    expect(calls.toSorted()).toEqual(["GET /models", "GET /user/balance", "POST /chat/completions"]);
  });

  test.each([gateway, "https://api.deepseek.com"])(
    "a list proves nothing about a model that it omits: %s",
    async (baseUrl) => {
      const retired = { status: 400, body: { error: { message: "retired" } } };
      for (const wishes of [{ defaultModel: "alias" }, { allowedModels: ["alias"] }]) {
        const { calls, http } = await service(guarded, { "/chat/completions": [retired, retired] });
        const { result } = await ask(http, { baseUrl, testCall: "ifNeeded", ...wishes });
        expect(verdictLine(result)).toMatch(
          /^misconfigured: .*"retired" Check defaultModel 'alias'. The service lists a, b\.$/,
        );
        expect(result).toMatchObject({ provesKey: true });
        expect(calls).toContain("POST /chat/completions");
        const never = await ask((await service(guarded)).http, { baseUrl, testCall: "never", ...wishes });
        expect(never.result).toMatchObject({
          verdict: { kind: "unverified", code: "model-unproven" },
          provesKey: true,
          unlisted: [],
        });
      }
    },
  );

  describe("a service without a list", () => {
    const scope = { status: 403, body: { error: { code: "missing_scope", message: "Missing scopes." } } };
    const missing = [{ status: 404 }, { status: 405 }, scope, { ...scope, status: 401 }];

    test.each(missing)("is proven by the test call if a model is named: $status", async (answer) => {
      for (const testCall of ["always", "ifNeeded"] as const) {
        const { http } = await service(answer, { "/models": Array(2).fill(answer) });
        const { result } = await ask(http, { baseUrl: gateway, testCall, defaultModel: "m" });
        expect(result).toMatchObject({
          verdict: { kind: "valid" },
          provesKey: true,
          findings: { models: [{ id: "m" }], defaultModel: "m" },
        });
        expect(result.unlisted).toEqual([]);
      }
    });

    test("offers the allowed models", async () => {
      const { http } = await service(guarded, { "/models": [{ status: 404 }] });
      const { result } = await ask(http, { baseUrl: gateway, allowedModels: ["m", "n"] });
      expect(result).toMatchObject({ verdict: { kind: "valid" }, findings: { models: [{ id: "m" }, { id: "n" }] } });
    });

    test.each(missing)("is misconfigured, or rejects the key, if none is named: $status", async (answer) => {
      const { calls, http } = await service(answer, { "/models": Array(2).fill(answer) });
      const { result } = await ask(http, { baseUrl: gateway, chosenModel: "m" });
      expect(result.verdict.kind).toBe(answer.status === 405 ? "indeterminate" : "misconfigured");
      expect(calls).not.toContain("POST /chat/completions");
    });

    test("is unverified without the test call", async () => {
      const { http } = await service({ status: 404 }, { "/models": [{ status: 404 }] });
      const { result } = await ask(http, { baseUrl: gateway, testCall: "never", defaultModel: "m" });
      expect(result).toMatchObject({ verdict: { kind: "unverified", code: "key-unproven-without-list" } });
    });

    test.each([401, 403, 429, 500])("is not assumed for HTTP %i without such a code", async (status) => {
      const { calls, http } = await service(guarded, { "/models": Array(2).fill({ status }) });
      const { result } = await ask(http, { baseUrl: gateway, defaultModel: "m" });
      expect(result.verdict.kind).toBe(status === 401 ? "invalid" : "indeterminate");
      expect(calls).not.toContain("POST /chat/completions");
    });
  });

  test("a refusal that shows that the service knows the key proves it", async () => {
    const codes = ["insufficient_user_quota", "budget_exceeded", "key_model_access_denied", "missing_scope"];
    for (const code of codes) {
      const { http } = await service(list("a"), { "/chat/completions": [{ status: 403, body: { error: { code } } }] });
      expect((await ask(http, { baseUrl: gateway })).result.provesKey, code).toBe(true);
    }
    const { http } = await service(list("a"), { "/chat/completions": [{ status: 404 }] });
    expect((await ask(http, { baseUrl: gateway })).result.provesKey).toBe(false);
  });

  describe("the answer to a request without a key is remembered", () => {
    const DAY_MS = 24 * 60 * 60 * 1_000;

    async function askAgain(control: Answer, later: number, memoryOf: (earlier: ProbeMemory) => ProbeMemory) {
      const { calls, http } = await service(control);
      const first = new ProbeMemory();
      for (const [memory, now] of [
        [first, 0],
        [memoryOf(first), later],
      ] as const) {
        const request = { apiKey: key, baseUrl: gateway, testCall: "never", timeoutMs: 1_000, maxAttempts: 1 } as const;
        await probe(request, http, () => {}, { now: () => now, sleep: async () => {} }, memory);
      }
      return calls.filter((call) => call.endsWith("without key")).length;
    }

    test("within a run, whatever it was", async () => {
      for (const control of [guarded, list("a"), { status: 503 }]) {
        expect(await askAgain(control, 0, (memory) => memory)).toBe(1);
      }
    });

    test("for a day, if it was a refusal", async () => {
      expect(await askAgain(guarded, DAY_MS - 1, (memory) => new ProbeMemory(memory))).toBe(1);
      expect(await askAgain(guarded, DAY_MS, (memory) => new ProbeMemory(memory))).toBe(2);
    });

    test("until the next run, if it was anything else", async () => {
      for (const control of [list("a"), { status: 503 }]) {
        expect(await askAgain(control, 1, (memory) => new ProbeMemory(memory))).toBe(2);
      }
    });

    test("for each endpoint on its own", async () => {
      const memory = new ProbeMemory();
      const { calls, http } = await service(guarded);
      for (const baseUrl of [gateway, `${gateway}/v1`, gateway])
        await ask(http, { baseUrl, testCall: "never" }, memory);
      expect(calls.filter((call) => call.endsWith("without key"))).toHaveLength(2);
    });
  });
});
