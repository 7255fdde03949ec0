import * as pulumi from "@pulumi/pulumi";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb.js";
import * as proto from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Bag, UNKNOWN } from "../../../provider/core/values.ts";
import { received, sent } from "../../../provider/plugin/properties.ts";
import { sandboxKey } from "../../../provider/sandbox/accounts.ts";
import type { ScenarioName } from "../../../provider/sandbox/scenarios.ts";
import { type Sandbox, startSandbox } from "../../../provider/sandbox/server.ts";
import { call, RunningPlugin } from "../../support/plugin-client.ts";

/* What only the plugin does. test/contract tests the lifecycle in it. */

let sandbox: Sandbox;
let plugin: RunningPlugin;
let keys = 0;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  sandbox.clearRequests();
  plugin = await RunningPlugin.start();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await plugin[Symbol.asyncDispose]();
});

const urnOf = (name: string) => `urn:pulumi:dev::test::deepseek:index:DeepSeekConnection::${name}`;
const urn = urnOf("main");
const { specialSigKey, specialSecretSig, unknownValue } = pulumi.runtime as unknown as Record<string, string>;
const secret = (value: unknown) => ({ [String(specialSigKey)]: specialSecretSig, value });
const struct = (bag: Bag) => Struct.fromJavaScript(bag as Parameters<typeof Struct.fromJavaScript>[0]);

function keyWith(scenario: ScenarioName): string {
  const apiKey = sandboxKey(`plugin ${keys++}`);
  sandbox.use(apiKey, scenario);
  return apiKey;
}

/** Inputs as `check` completes them. */
function inputsFor(apiKey: string, more: Bag = {}) {
  return { apiKey, baseUrl: sandbox.url, displayName: "main", maxAttempts: 1, ...more };
}

/** Passes the provider's inputs through checkConfig and configure, as the engine does. @returns what it stores */
async function configure(inputs: Bag): Promise<Bag> {
  const request = new proto.CheckRequest().setNews(struct(inputs));
  const checked = await call<proto.CheckResponse>((answer) => plugin.client.checkConfig(request, answer));
  const configured = new proto.ConfigureRequest().setArgs(checked.getInputs());
  await call<proto.ConfigureResponse>((answer) => plugin.client.configure(configured, answer));
  return checked.getInputs()?.toJavaScript() ?? {};
}

async function check(news: Bag, olds: Bag = {}) {
  const request = new proto.CheckRequest().setUrn(urn).setOlds(struct(olds)).setNews(struct(news));
  const response = await call<proto.CheckResponse>((answer) => plugin.client.check(request, answer));
  const failures = response.getFailuresList().map((failure) => failure.toObject());
  return { inputs: response.getInputs()?.toJavaScript() ?? {}, failures };
}

function create(inputs: Bag, { preview = false, of = urn } = {}) {
  const request = new proto.CreateRequest().setUrn(of).setProperties(struct(inputs)).setPreview(preview);
  return call<proto.CreateResponse>((answer) => plugin.client.create(request, answer));
}

function read(properties: Bag, inputs: Bag) {
  const request = new proto.ReadRequest().setId("an id").setUrn(urn).setProperties(struct(properties));
  request.setInputs(struct(inputs));
  return call<proto.ReadResponse>((answer) => plugin.client.read(request, answer));
}

async function getModels(args: Bag, tok = "deepseek:index:getModels") {
  const request = new proto.InvokeRequest().setTok(tok).setArgs(struct(args));
  const response = await call<proto.InvokeResponse>((answer) => plugin.client.invoke(request, answer));
  return { models: response.getReturn()?.toJavaScript()["models"], failures: response.getFailuresList() };
}

describe("properties on the wire", () => {
  it("are without the engine's marks in the plugin, at every depth", () => {
    const wire = { apiKey: secret("a"), list: ["b", secret(unknownValue)], deep: { x: secret({ y: 1 }) }, none: null };
    expect(received(struct(wire))).toEqual({
      values: { apiKey: "a", list: ["b", UNKNOWN], deep: { x: { y: 1 } }, none: null },
      secrets: ["apiKey", "deep", "list"],
    });
    expect(received(undefined)).toEqual({ values: {}, secrets: [] });
  });

  it("are secrets for the engine if they came as secrets, and if they always are", () => {
    const values = { apiKey: "a", headers: { x: "b" }, openai: { apiKey: "a" }, displayName: "c", baseUrl: UNKNOWN };
    expect(sent(values, ["displayName"]).toJavaScript()).toEqual({
      apiKey: secret("a"),
      headers: secret({ x: "b" }),
      openai: secret({ apiKey: "a" }),
      displayName: secret("c"),
      baseUrl: unknownValue,
    });
  });
});

describe("the provider's configuration", () => {
  it("keeps the key in the process: what the engine stores has the other settings unchanged", async () => {
    const apiKey = keyWith("good");
    const given = { apiKey: secret(apiKey), baseUrl: sandbox.url, version: "0.1.0" };
    expect(await configure(given)).toEqual({ baseUrl: sandbox.url, version: "0.1.0" });
  });

  it("is copied by check into the inputs, the key as a secret, so that a refresh needs none", async () => {
    const apiKey = keyWith("good");
    await configure({ apiKey, baseUrl: sandbox.url });
    expect(await check({})).toEqual({
      inputs: { apiKey: secret(apiKey), baseUrl: sandbox.url, displayName: "main" },
      failures: [],
    });
  });

  it("is used for the configured base URL only, and the failure says so", async () => {
    await configure({ apiKey: keyWith("good") });
    const { failures } = await check({ baseUrl: sandbox.url });
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/ \[api-key-of-other-service\]$/) }]);
    expect(sandbox.requests).toEqual([]);
  });

  it("is the stored one after an import, for which the engine does not use what checkConfig returns", async () => {
    const apiKey = keyWith("good");
    const args = struct({ apiKey: secret(apiKey), baseUrl: sandbox.url });
    await call<proto.ConfigureResponse>((answer) =>
      plugin.client.configure(new proto.ConfigureRequest().setArgs(args), answer),
    );
    expect((await check({})).inputs).toMatchObject({ apiKey: secret(apiKey) });
  });

  it.each([
    ["some", { baseUrl: "https://a.example" }, { baseUrl: "https://b.example" }, 2],
    ["none", { baseUrl: "https://a.example" }, { baseUrl: "https://a.example" }, 1],
  ])("that differs is not configured as it was before: %s", async (_, olds, news, changes) => {
    const request = new proto.DiffRequest().setOldInputs(struct(olds)).setNews(struct(news));
    const response = await call<proto.DiffResponse>((answer) => plugin.client.diffConfig(request, answer));
    expect(response.getChanges()).toBe(changes);
  });
});

it("a key in clear text is a secret from check on, and its failure names no property", async () => {
  const apiKey = keyWith("wrong-key");
  expect((await check(inputsFor(apiKey))).inputs["apiKey"]).toEqual(secret(apiKey));
  const { inputs, failures } = await check(inputsFor(apiKey, { displayName: `of ${apiKey}` }));
  expect(failures).toEqual([{ property: "", reason: expect.stringContaining("[api-key-misplaced]") }]);
  expect(inputs).toEqual({});
});

it("a resource of another type is refused by name", async () => {
  const request = new proto.CheckRequest().setUrn("urn:pulumi:dev::test::my:Parent$deepseek:index:Connection::main");
  const checked = call<proto.CheckResponse>((answer) => plugin.client.check(request, answer));
  await expect(checked).rejects.toThrow(/^There is no resource type 'deepseek:index:Connection'\. Use/);
});

describe("a difference", () => {
  const diff = async (olds: Bag, news: Bag, oldInputs: Bag) => {
    const request = new proto.DiffRequest().setUrn(urn).setOlds(struct(olds)).setNews(struct(news));
    request.setOldInputs(struct(oldInputs));
    const response = await call<proto.DiffResponse>((answer) => plugin.client.diff(request, answer));
    const details = response.getDetaileddiffMap().toObject(false, (_, each) => each.toObject());
    return { changes: response.getChanges(), diffs: response.getDiffsList(), details: Object.fromEntries(details) };
  };

  it("lists the inputs that were added, removed and changed", async () => {
    const old = inputsFor(keyWith("good"), { rotateAfterDays: 9, keyCreatedAt: "2026-11-01" });
    const olds = (await create(old)).getProperties()?.toJavaScript() ?? {};
    const { rotateAfterDays: _, ...kept }: Bag = old;
    const news = { ...kept, displayName: "other", timeoutSeconds: 9 };
    expect(await diff(olds, news, old)).toEqual({
      changes: proto.DiffResponse.DiffChanges.DIFF_SOME,
      diffs: ["displayName", "timeoutSeconds", "rotateAfterDays"],
      details: {
        displayName: { kind: proto.PropertyDiff.Kind.UPDATE, inputdiff: true },
        timeoutSeconds: { kind: proto.PropertyDiff.Kind.ADD, inputdiff: true },
        rotateAfterDays: { kind: proto.PropertyDiff.Kind.DELETE, inputdiff: true },
      },
    });
  });

  it("is the status if nothing changed and the service refuses the key, and the preview's update says why", async () => {
    const apiKey = keyWith("good");
    const inputs = inputsFor(apiKey);
    const olds = (await create(inputs)).getProperties()?.toJavaScript() ?? {};
    sandbox.revoke(apiKey);
    const found = await diff(olds, inputs, inputs);
    expect(found).toEqual({
      changes: proto.DiffResponse.DiffChanges.DIFF_SOME,
      diffs: ["status"],
      details: { status: { kind: proto.PropertyDiff.Kind.UPDATE, inputdiff: false } },
    });
    const request = new proto.UpdateRequest().setUrn(urn).setOlds(struct(olds)).setNews(struct(inputs));
    const update = () => call<proto.UpdateResponse>((answer) => plugin.client.update(request, answer));
    request.setPreview(true);
    await expect(update()).rejects.toThrow("[key-rejected]");
    // An update without a preview must not pass either.
    request.setPreview(false);
    await expect(update()).rejects.toThrow("[key-rejected]");
  });
});

it("each rejected key of a preview is reported, after all probes under way have ended", async () => {
  const bad = ["a", "b"].map((name) => create(inputsFor(keyWith("wrong-key")), { preview: true, of: urnOf(name) }));
  const ended: string[] = [];
  // Gives no answer in time, which is a second after the others have got theirs.
  const late = create(inputsFor(keyWith("slow"), { timeoutSeconds: 2 }), { preview: true, of: urnOf("c") });
  void late.finally(() => ended.push("late"));
  for (const each of bad) each.catch(() => ended.push("bad"));
  await Promise.allSettled([...bad, late]);
  for (const each of bad) await expect(each).rejects.toThrow("[key-rejected]");
  expect(ended).toEqual(["late", "bad", "bad"]);
});

it("a message is about its resource, and is sent once", async () => {
  const inputs = inputsFor(keyWith("unfunded"));
  await create(inputs, { preview: true });
  await create(inputs, { preview: true });
  await create(inputs, { preview: true, of: urnOf("other") });
  const warnings = plugin.logged.filter(({ level }) => level === "warning");
  expect(warnings.map((each) => each.urn)).toEqual([urn, urnOf("other")]);
  expect(warnings[0]?.text).toMatch(/^DeepSeekConnection 'main': .* \[balance-insufficient\]$/);
});

describe("a connection that is in no state", () => {
  it("is read with the configured key by free calls, and has inputs that cause no change", async () => {
    const apiKey = keyWith("good");
    await configure({ apiKey, baseUrl: sandbox.url });
    const response = await read({}, {});
    expect(response.getId()).toBe("an id");
    expect(response.getInputs()?.toJavaScript()).toEqual({
      apiKey: secret(apiKey),
      baseUrl: sandbox.url,
      displayName: "main",
    });
    expect(response.getProperties()?.toJavaScript()).toMatchObject({ status: "valid", apiKey: secret(apiKey) });
    expect(sandbox.requests.map(({ path }) => path)).not.toContain("/chat/completions");
  });

  it("cannot be read without a key, and the error says how to set one", async () => {
    const missing =
      /^apiKey: is missing\. .*pulumi config set --secret deepseek:apiKey.*\n.*the resource option 'import'/;
    await expect(read({}, {})).rejects.toThrow(missing);
  });

  it("cannot be read with a key that the service rejects", async () => {
    await configure({ apiKey: keyWith("wrong-key"), baseUrl: sandbox.url });
    await expect(read({}, {})).rejects.toThrow("[key-rejected]");
  });
});

describe("the function getModels", () => {
  it("lists the models by free calls, even with verify: none", async () => {
    await configure({ apiKey: keyWith("good"), baseUrl: sandbox.url, verify: "none" });
    expect((await getModels({})).models).toEqual([
      expect.objectContaining({ id: "deepseek-flash" }),
      expect.objectContaining({ id: "deepseek-v4-pro" }),
    ]);
    expect(sandbox.requests.map(({ path }) => path)).not.toContain("/chat/completions");
  });

  it("fails if the service refuses the list, and does not advise to deploy without a check", async () => {
    const { models, failures } = await getModels(inputsFor(keyWith("wrong-key")));
    expect(models).toBeUndefined();
    expect(failures[0]?.toObject()).toEqual({ property: "", reason: expect.stringMatching(/ \[key-rejected\]$/) });
    expect(failures[0]?.getReason()).not.toContain("deepseek:verify");
  });

  it("does not send the configured key to another base URL", async () => {
    await configure({ apiKey: keyWith("good") });
    await expect(getModels({ baseUrl: sandbox.url })).rejects.toThrow("[api-key-of-other-service]");
    expect(sandbox.requests).toEqual([]);
  });

  it("is the only function", async () => {
    await expect(getModels({}, "deepseek:index:getKeys")).rejects.toThrow("There is no function");
  });
});

it("an interruption ends the calls under way at once, and those that begin later", async () => {
  const waiting = create(inputsFor(keyWith("slow")));
  const refused = expect(waiting).rejects.toThrow("[interrupted]");
  await vi.waitFor(() => expect(sandbox.requests).not.toEqual([]));
  await call<Empty>((answer) => plugin.client.cancel(new Empty(), answer));
  await refused;
  await expect(create(inputsFor(keyWith("good")))).rejects.toThrow("[interrupted]");
});

it("a mistake in the plugin itself is answered without the text of the error, which may contain anything", async () => {
  const apiKey = keyWith("good");
  vi.spyOn(proto.CheckResponse.prototype, "setInputs").mockImplementation(() => {
    throw new TypeError(`cannot read ${apiKey}`);
  });
  try {
    const failed = check(inputsFor(apiKey));
    await expect(failed).rejects.toThrow(/could not answer 'check': TypeError \(.*:\d+:\d+\)\. .* \[plugin-failed\]$/);
    await expect(failed).rejects.not.toThrow(apiKey);
  } finally {
    vi.restoreAllMocks();
  }
});

it("says who it is, what it has, and how the engine is to call it", async () => {
  const { client } = plugin;
  const info = await call<{ getVersion(): string }>((answer) => client.getPluginInfo(new Empty(), answer as never));
  const schema = await call<proto.GetSchemaResponse>((answer) =>
    client.getSchema(new proto.GetSchemaRequest(), answer),
  );
  expect(JSON.parse(schema.getSchema())).toMatchObject({ name: "deepseek", version: info.getVersion() });
  const hello = new proto.ProviderHandshakeRequest().setEngineAddress("127.0.0.1:1");
  const handshake = await call<proto.ProviderHandshakeResponse>((answer) => client.handshake(hello, answer));
  expect(handshake.getAcceptSecrets()).toBe(true);
  const attach = new PluginAttach().setAddress("127.0.0.1:1");
  await call<Empty>((answer) => client.attach(attach, answer));
  // Nobody listens there: a lost message ends nothing.
  await create(inputsFor(keyWith("unfunded")), { preview: true });
  await call<Empty>((answer) => client.delete(new proto.DeleteRequest(), answer));
  const construct = call((answer) => client.construct(new proto.ConstructRequest(), answer as never));
  await expect(construct).rejects.toThrow(/not implement/i);
});
