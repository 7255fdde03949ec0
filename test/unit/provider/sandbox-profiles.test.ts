import { afterAll, describe, expect, test } from "vitest";
import type { Http } from "../../../provider/deepseek/http.ts";
import { transportThrough, undiciHttp } from "../../../provider/deepseek/http-undici.ts";
import type { ProbeRequest, ProbeResult } from "../../../provider/deepseek/probe.ts";
import type { VerdictKind } from "../../../provider/deepseek/verdict.ts";
import type { Profile } from "../../../provider/sandbox/profile.ts";
import { type ProfileName, profileNames, profiles } from "../../../provider/sandbox/profiles.ts";
import { type ScenarioName, scenariosOf } from "../../../provider/sandbox/scenarios.ts";
import { type Sandbox, startSandbox } from "../../../provider/sandbox/server.ts";
import { startHosts } from "../../support/deepseek-host.ts";
import { freshKey } from "../../support/keys.ts";
import { ask } from "./deepseek/support/ask.ts";

/* Each service that the sandbox stands in for, probed at the service's own address, which is on this machine. */

const sandboxes = new Map<ProfileName, Sandbox>();
for (const profile of profileNames) sandboxes.set(profile, await startSandbox({ profile, slowMs: 2_000 }));

const profileOf = (name: ProfileName): Profile => profiles[name];
const sandboxOf = (name: ProfileName): Sandbox => sandboxes.get(name) as Sandbox;
const isRemote = (name: ProfileName) => profileOf(name).baseUrl.startsWith("https:");

const hosts = await startHosts(
  Object.fromEntries(
    profileNames.filter(isRemote).map((name) => [new URL(profileOf(name).baseUrl).hostname, sandboxOf(name).url]),
  ),
);
afterAll(async () => {
  for (const server of [hosts, ...sandboxes.values()]) await server.close();
});

const remoteHttp = transportThrough(() => hosts.dispatcher);

/** Probes a service with a new key. The headers are those that its requests need. */
async function probed(
  name: ProfileName,
  scenario: ScenarioName | undefined,
  options: Partial<ProbeRequest> = {},
  isModelSet = true,
) {
  const { baseUrl, routing, models } = profileOf(name);
  const sandbox = sandboxOf(name);
  const apiKey = freshKey();
  if (scenario !== undefined) sandbox.use(apiKey, scenario);
  const [http, url]: readonly [Http, string] = isRemote(name) ? [remoteHttp, baseUrl] : [undiciHttp, sandbox.baseUrl];
  sandbox.clearRequests();
  const { result } = await ask(http, {
    apiKey,
    baseUrl: url,
    ...(isModelSet && { defaultModel: models[0] }),
    ...(routing !== undefined && { headers: { [routing.header]: routing.value } }),
    ...options,
  });
  const calls = sandbox.requests.map(({ method, path }) => `${method} ${path}`);
  return { ...result, calls };
}

/** What a probe makes of a scenario: the verdict, with its code where it says more. */
type Expected = VerdictKind | `${VerdictKind} ${string}`;

/** Verdicts that are the same at every service, so that an entry below needs only what differs. */
const everywhere: Partial<Record<ScenarioName, Expected>> = {
  good: "valid",
  "wrong-key": "invalid key-rejected",
  "false-401": "valid",
  unfunded: "unfunded balance-insufficient",
  "unfunded-chat": "unfunded balance-insufficient",
  "retired-model": "misconfigured model-refused",
  "model-denied": "misconfigured model-denied",
  "rate-limited": "indeterminate rate-limited",
  "rate-limited-retry-after": "indeterminate rate-limited",
  overloaded: "indeterminate service-failing",
  "overloaded-then-well": "indeterminate service-failing",
  "server-error": "indeterminate service-failing",
  forbidden: "indeterminate access-forbidden",
  "not-found": "misconfigured model-refused",
  "keep-alive-then-answer": "valid",
  "keep-alive-forever": "indeterminate timed-out",
  blank: "indeterminate reply-blank",
  "not-json": "indeterminate reply-not-json",
  "wrong-content-type": "valid",
  slow: "indeterminate timed-out",
  "stalled-body": "indeterminate timed-out",
  reset: "indeterminate connection-reset",
  "reset-mid-body": "indeterminate connection-reset",
  huge: "indeterminate reply-too-large",
  redirect: "misconfigured redirected",
  "no-capacity": "indeterminate capacity-exhausted",
  "empty-choices": "indeterminate reply-unexpected",
  // A model is set, so the test call decides.
  "no-models": "valid",
  "no-list": "valid",
};

const refusedAsUnknown = "misconfigured model-refused";
/** 403 with neither a code nor words that are known to be about the model. */
const undecided403 = "indeterminate access-forbidden";

const expectations: Readonly<Record<ProfileName, Partial<Record<ScenarioName, Expected>>>> = {
  deepseek: {
    "wrong-key-plain": "invalid key-rejected",
    unprocessable: "misconfigured model-refused",
    // At DeepSeek's own host, nothing is tried without the field 'thinking'.
    gateway: "misconfigured model-refused",
    echoing: "indeterminate service-failing",
  },
  litellm: { unfunded: "unfunded budget-exceeded" },
  openrouter: { "model-denied": refusedAsUnknown, "no-capacity": "indeterminate answer-broken" },
  "one-api": {
    // 503 without a code: everything that serves the model may be down.
    "retired-model": "indeterminate service-failing",
    "model-denied": undecided403,
    // 429 with a code that means funds at OpenAI.
    overloaded: "indeterminate rate-limited",
    "overloaded-then-well": "indeterminate rate-limited",
  },
  "new-api": { "retired-model": "misconfigured model-unserved", "model-denied": undecided403 },
  portkey: {},
  azure: {},
  nvidia: { "model-denied": refusedAsUnknown },
  together: {},
  fireworks: {},
  siliconflow: {},
  "volcengine-ark": {},
  dashscope: {},
  vllm: {},
  sglang: {},
  ollama: { "model-denied": undecided403 },
  // Unknown paths get 200 with an error.
  "lm-studio": { "not-found": "indeterminate error-in-success" },
};

const rows = profileNames.flatMap((profile) =>
  [...scenariosOf(profileOf(profile)).keys()].map((scenario) => ({ profile, scenario })),
);

const described = ({ verdict }: ProbeResult) =>
  verdict.kind === "valid" ? "valid" : `${verdict.kind} ${verdict.code}`;

describe("a probe with the test call", () => {
  test.concurrent.each(rows)(
    "at $profile gets the verdict of the scenario '$scenario'",
    async ({ profile, scenario }) => {
      const timeoutMs = /forever|slow|stalled/.test(scenario) ? 400 : 10_000;
      const expected = expectations[profile][scenario] ?? everywhere[scenario];
      expect(described(await probed(profile, scenario, { timeoutMs }))).toBe(expected);
    },
  );
});

/** What proves a key: the list of models, or only the test call. */
const proofs: Readonly<Record<ProfileName, "list" | "test call">> = {
  deepseek: "list",
  litellm: "list",
  openrouter: "test call",
  "one-api": "list",
  "new-api": "list",
  portkey: "list",
  azure: "list",
  nvidia: "test call",
  together: "list",
  fireworks: "list",
  siliconflow: "list",
  "volcengine-ark": "list",
  dashscope: "list",
  vllm: "list",
  sglang: "list",
  ollama: "test call",
  "lm-studio": "list",
};

describe("a probe at preview", () => {
  const preview = { testCall: "ifNeeded" } as const;

  test.each(Object.entries(proofs))("at %s is proven by the %s", async (profile, proof) => {
    const name = profile as ProfileName;
    const { verdict, calls, provesKey } = await probed(name, "good", preview);
    expect({ verdict, provesKey }).toEqual({ verdict: { kind: "valid" }, provesKey: true });
    expect(calls.some((call) => call.startsWith("POST"))).toBe(proof === "test call");
    const free = await probed(name, "good", { testCall: "never" });
    expect(free.verdict.kind).toBe(proof === "list" ? "valid" : "unverified");
  });

  test.each(profileNames.filter((name) => scenariosOf(profileOf(name)).has("wrong-key")))(
    "at %s finds out that a key is rejected, also one that is not known at all",
    async (profile) => {
      expect(described(await probed(profile, "wrong-key", preview))).toBe("invalid key-rejected");
      expect(described(await probed(profile, undefined, preview))).toBe("invalid key-rejected");
    },
  );

  test("at Ollama accepts every key, since it has none", async () => {
    expect(described(await probed("ollama", undefined, preview))).toBe("valid");
  });

  test("at Portkey's gateway needs the header that chooses the provider", async () => {
    const { verdict } = await probed("portkey", "good", { headers: {} });
    expect(verdict).toMatchObject({ kind: "misconfigured", code: "base-url-refused" });
    expect(JSON.stringify(verdict)).toContain("x-portkey-provider header is required");
  });

  test.each(["azure", "nvidia", "together", "volcengine-ark"] as const)(
    "at %s names no model of the user's if the first that is listed is not served",
    async (profile) => {
      const { verdict } = await probed(profile, "good", {}, false);
      expect(verdict).toMatchObject({ kind: "misconfigured" });
      expect(JSON.stringify(verdict)).toContain(`none was set, so '${profileOf(profile).catalogue?.[0]}' was tried`);
    },
  );
});

describe("a profile", () => {
  test.each(profileNames)("%s states the source of each reply, and an https or local address", (name) => {
    const { baseUrl, source, unknownPath, routing, refusals } = profileOf(name);
    const replies = [unknownPath, ...(routing === undefined ? [] : [routing.refusal]), ...Object.values(refusals)];
    for (const text of [source, ...replies.map((reply) => reply.source)]) {
      expect(text).toMatch(/^(https:\/\/\S+$|recorded|assumed$)/);
    }
    expect(baseUrl).toMatch(/^(https:\/\/|http:\/\/localhost:)/);
    expect(new URL(sandboxOf(name).baseUrl).pathname).toBe(new URL(baseUrl).pathname);
  });

  test("has no scenario for which the service's reply is not known, and says which it has", async () => {
    const vllm = sandboxOf("vllm");
    expect(() => vllm.use(freshKey(), "unfunded")).toThrow(
      /^The profile 'vllm' has no scenario 'unfunded'\. Choose one of these: good, wrong-key, /,
    );
    expect(() => sandboxOf("ollama").revoke(freshKey())).toThrow("has no scenario 'wrong-key'");
    await expect(startSandbox({ profile: "vllm", defaultScenario: "overloaded" })).rejects.toThrow("has no scenario");
    const response = await fetch(`${vllm.url}/sandbox/scenario`, {
      method: "PUT",
      body: JSON.stringify({ key: freshKey(), scenario: "unfunded" }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ scenarios: [...vllm.scenarios.keys()] });
  });

  test.each([
    ["together", '{"error":{"message":"Unauthorized"}}', '{"error":{"message":"Invalid API key provided.'],
    ["portkey", '{"error":{"message":"Authentication Fails', '{"error":{"message":"Invalid response received from'],
  ] as const)("of %s rejects a key in one form at the list, and in another at the chat", async (name, list, chat) => {
    const { url } = sandboxOf(name);
    const headers = { authorization: `Bearer ${freshKey()}`, "x-portkey-provider": "deepseek" };
    const atList = await fetch(`${url}/v1/models`, { headers });
    expect(atList.status).toBe(401);
    expect(await atList.text()).toContain(list);
    const atChat = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body: "{}" });
    expect(await atChat.text()).toContain(chat);
  });

  test("has the service's own form of the list, and of other paths", async () => {
    const get = async (name: ProfileName, path: string) => {
      const key = freshKey();
      sandboxOf(name).use(key, "good");
      const response = await fetch(sandboxOf(name).url + path, { headers: { authorization: `Bearer ${key}` } });
      return { status: response.status, text: await response.text() };
    };
    expect(JSON.parse((await get("together", "/v1/models")).text)).toBeInstanceOf(Array);
    expect(JSON.parse((await get("nvidia", "/v1/models")).text)).toMatchObject({ object: "list" });
    expect((await get("one-api", "/user/balance")).text).toMatch(/^<!doctype html>/);
    expect(await get("one-api", "/v1/nothing")).toMatchObject({ status: 404 });
    expect(await get("fireworks", "/inference/v1/nothing")).toEqual({
      status: 404,
      text: '{"error":{"message":"Path not found: /v1/nothing","code":"NOT_FOUND","type":"error"}}',
    });
    expect(await get("lm-studio", "/models")).toEqual({
      status: 200,
      text: '{"error":"Unexpected endpoint or method. (GET /models)"}',
    });
  });
});
