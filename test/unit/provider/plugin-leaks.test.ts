import * as proto from "@pulumi/pulumi/proto/provider_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Bag } from "../../../provider/core/values.ts";
import { scenarioNames } from "../../../provider/sandbox/scenarios.ts";
import { shapes } from "../../support/keys.ts";
import { findLeaks, type Sink } from "../../support/leaks.ts";
import { call, RunningPlugin } from "../../support/plugin-client.ts";
import { type ScenarioServers, startScenarioServers } from "../../support/scenario-servers.ts";

/*
 * Searches everything that the plugin says, returns and logs for keys, over gRPC and in every scenario. What it returns as a
 * secret is left out: the engine encrypts it. test/plugin does the same on the real engine.
 */

let servers: ScenarioServers;
let plugin: RunningPlugin;

beforeAll(async () => {
  servers = await startScenarioServers();
});
afterAll(() => servers.close());
beforeEach(async () => {
  plugin = await RunningPlugin.start();
});
afterEach(() => plugin[Symbol.asyncDispose]());

const struct = (bag: Bag) => Struct.fromJavaScript(bag as Parameters<typeof Struct.fromJavaScript>[0]);
const urnOf = (name: string) => `urn:pulumi:dev::test::deepseek:index:DeepSeekConnection::${name}`;

/** An answer as the engine sees it: without what it encrypts. */
function clear(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clear);
  if (typeof value !== "object" || value === null) return value;
  if ("4dabf18193072939515e22adb298388d" in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, clear(part)]));
}

/**
 * Calls every method for a connection, as a preview, an update without one, a refresh and a function do.
 *
 * @param isStored whether such a connection can be stored, so that a refresh returns it as it is
 */
async function everyAnswer(name: string, inputs: Bag, isStored = true): Promise<readonly Sink[]> {
  const { client } = plugin;
  const urn = urnOf(name);
  const sinks: Sink[] = [];
  const note = async (method: string, answer: Promise<readonly (Struct | undefined | string)[]>) => {
    const parts = await answer.catch((error: Error) => [`${error.message}\n${error.stack}`]);
    const texts = parts.map((part) => (typeof part === "string" ? part : JSON.stringify(clear(part?.toJavaScript()))));
    sinks.push([`${method} of ${name}`, texts.join("\n")]);
  };
  const given = struct(inputs);
  const stored = struct({
    ...inputs,
    status: "valid",
    models: [],
    keyFingerprint: "0",
    openai: { apiKey: "a", baseURL: "b" },
  });
  const check = new proto.CheckRequest().setUrn(urn).setNews(given);
  await note(
    "check",
    call<proto.CheckResponse>((answer) => client.check(check, answer)).then((response) => [
      response.getInputs(),
      ...response.getFailuresList().map((failure) => failure.getProperty() + failure.getReason()),
    ]),
  );
  const diff = new proto.DiffRequest().setUrn(urn).setOlds(stored).setNews(given).setOldInputs(given);
  await note(
    "diff",
    call<proto.DiffResponse>((answer) => client.diff(diff, answer)).then((response) => response.getDiffsList()),
  );
  for (const preview of [true, false]) {
    const create = new proto.CreateRequest().setUrn(urn).setProperties(given).setPreview(preview);
    await note(
      "create",
      call<proto.CreateResponse>((answer) => client.create(create, answer)).then((made) => [
        made.getId(),
        made.getProperties(),
      ]),
    );
    const update = new proto.UpdateRequest().setUrn(urn).setOlds(stored).setNews(given).setPreview(preview);
    await note(
      "update",
      call<proto.UpdateResponse>((answer) => client.update(update, answer)).then((made) => [made.getProperties()]),
    );
  }
  for (const properties of isStored ? [stored, struct({})] : [struct({})]) {
    const read = new proto.ReadRequest().setId("id").setUrn(urn).setProperties(properties).setInputs(given);
    await note(
      "read",
      call<proto.ReadResponse>((answer) => client.read(read, answer)).then((found) => [
        found.getId(),
        found.getInputs(),
        found.getProperties(),
      ]),
    );
  }
  const invoke = new proto.InvokeRequest().setTok("deepseek:index:getModels").setArgs(given);
  await note(
    "invoke",
    call<proto.InvokeResponse>((answer) => client.invoke(invoke, answer)).then((response) => [
      response.getReturn(),
      ...response.getFailuresList().map((failure) => failure.getReason()),
    ]),
  );
  return sinks;
}

const log = (): Sink => ["the log", JSON.stringify(plugin.logged)];

it.each(["usual", "odd"] as const)("in every scenario, no answer and no message contains the %s key", async (shape) => {
  const apiKey = shapes[shape]();
  const answers = await Promise.all(
    Object.entries(servers.urls).map(([name, baseUrl]) =>
      everyAnswer(name, { apiKey, baseUrl, displayName: name, maxAttempts: 1, timeoutSeconds: 1 }),
    ),
  );
  const sinks = answers.flat();
  expect(sinks.length).toBeGreaterThan(scenarioNames.length * 8);
  // Their texts are there to be searched.
  expect(sinks.filter(([, text]) => text.includes("[key-rejected]"))).not.toEqual([]);
  expect(plugin.logged.filter(({ level }) => level === "warning")).not.toEqual([]);
  expect(findLeaks(apiKey, [...sinks, log()])).toEqual([]);
});

it.each(["usual", "odd"] as const)("no answer contains the %s key if it is where it does not belong", async (shape) => {
  const apiKey = shapes[shape]();
  const base = { apiKey, baseUrl: servers.urls["unfunded"], displayName: "main", maxAttempts: 1 };
  const rows = [
    ...["baseUrl", "defaultModel", "displayName", "verify", "testCall", "timeoutSeconds", "region"].map((name) => ({
      ...base,
      [name]: apiKey,
    })),
    { ...base, allowedModels: [apiKey] },
    { ...base, headers: { "x-gateway": apiKey, authorization: apiKey } },
    ...[`"${apiKey}"`, `Bearer ${apiKey}`, `${apiKey} `, `${apiKey.slice(0, 9)} ${apiKey.slice(9)}`].map((spoiled) => ({
      ...base,
      apiKey: spoiled,
    })),
  ];
  const sinks: Sink[] = [];
  for (const [index, row] of rows.entries()) sinks.push(...(await everyAnswer(`row ${index}`, row, false)));
  expect(findLeaks(apiKey, [...sinks, log()])).toEqual([]);
});

it("a key of the provider's configuration is in no answer in clear text", async () => {
  const apiKey = shapes.odd();
  const { client } = plugin;
  const news = struct({ apiKey, baseUrl: servers.urls["unfunded"], verify: "strict" });
  const checked = await call<proto.CheckResponse>((answer) =>
    client.checkConfig(new proto.CheckRequest().setNews(news), answer),
  );
  const configure = new proto.ConfigureRequest().setArgs(checked.getInputs());
  await call<proto.ConfigureResponse>((answer) => client.configure(configure, answer));
  const sinks = await everyAnswer("main", { maxAttempts: 1, displayName: "main" });
  expect(findLeaks(apiKey, [["checkConfig", JSON.stringify(checked.toObject())], ...sinks, log()])).toEqual([]);
});
