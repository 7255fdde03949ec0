import * as proto from "@pulumi/pulumi/proto/provider_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { afterEach, describe, expect, vi } from "vitest";
import type { Bag } from "../../provider/core/values.ts";
import { received, sent } from "../../provider/plugin/properties.ts";
import { call, RunningPlugin } from "../support/plugin-client.ts";
import { endOfKey } from "./connection-under-test.ts";
import { lifecycleContract } from "./contract.ts";
import { type Command, EmulatedEngine, type ProviderFunctions } from "./emulated-engine.ts";
import { serveSandbox } from "./service.ts";
import type { Program } from "./stack.ts";

const urn = "urn:pulumi:dev::test::deepseek:index:DeepSeekConnection::main";
/** The engine's marker for an unknown value. */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const running: RunningPlugin[] = [];

/** The plugin, new for each command, as the engine starts it. */
async function open({ program, report }: Command): Promise<ProviderFunctions & { readonly news: Bag }> {
  const plugin = await RunningPlugin.start();
  running.push(plugin);
  const { client } = plugin;
  vi.stubEnv("DEEPSEEK_API_KEY", program?.ambientKey);
  const shown = () => {
    for (const { level, text } of plugin.logged.splice(0)) if (level !== "debug") report(level, text);
  };
  /** What the plugin returns. A key is in it as a secret only. */
  const values = (struct: Struct | undefined): Bag => {
    shown();
    expect(JSON.stringify(withoutSecrets(struct?.toJavaScript() ?? {}))).not.toMatch(endOfKey);
    return received(struct).values;
  };
  const configured = program?.configuredVerify === undefined ? {} : { verify: program.configuredVerify };
  const config = new proto.CheckRequest().setNews(Struct.fromJavaScript(configured));
  const checkedConfig = await call<proto.CheckResponse>((answer) => client.checkConfig(config, answer));
  const configure = new proto.ConfigureRequest().setArgs(checkedConfig.getInputs());
  await call<proto.ConfigureResponse>((answer) => client.configure(configure, answer));

  const create = async (inputs: Bag, isPreview: boolean) => {
    const request = new proto.CreateRequest().setUrn(urn).setProperties(sent(inputs)).setPreview(isPreview);
    const response = await call<proto.CreateResponse>((answer) => client.create(request, answer)).finally(shown);
    expect(response.getId()).toMatch(isPreview ? /^$/ : /^deepseek-connection-/);
    return values(response.getProperties());
  };
  const update = async (olds: Bag, news: Bag, isPreview: boolean) => {
    const request = new proto.UpdateRequest().setUrn(urn).setOlds(sent(olds)).setNews(sent(news)).setPreview(isPreview);
    return values(
      (await call<proto.UpdateResponse>((answer) => client.update(request, answer)).finally(shown)).getProperties(),
    );
  };
  return {
    news: program === undefined ? {} : newsOf(program),
    async check(olds, news) {
      const request = new proto.CheckRequest().setUrn(urn).setOlds(sent(olds)).setNews(sent(news));
      const response = await call<proto.CheckResponse>((answer) => client.check(request, answer));
      for (const failure of response.getFailuresList()) expect(failure.getProperty()).toBe("");
      const problems = response.getFailuresList().map((failure) => failure.getReason());
      return { inputs: values(response.getInputs()), problems };
    },
    async diff(olds, news) {
      const request = new proto.DiffRequest().setUrn(urn).setOlds(sent(olds)).setNews(sent(news));
      const response = await call<proto.DiffResponse>((answer) => client.diff(request, answer));
      shown();
      expect(response.getReplacesList()).toEqual([]);
      return response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME;
    },
    create: (inputs) => create(inputs, false),
    update: (olds, news) => update(olds, news, false),
    foresee: (stored, inputs) => (stored === undefined ? create(inputs, true) : update(stored, inputs, true)),
    async read(state) {
      const request = new proto.ReadRequest().setId("id").setUrn(urn).setProperties(sent(state));
      const response = await call<proto.ReadResponse>((answer) => client.read(request, answer));
      // Without it, the engine would remove the connection from the state.
      expect(response.getId()).toBe("id");
      return values(response.getProperties());
    },
  };
}

/** The values of the program, all of them in clear text. */
function newsOf({ inputs, unknown = [] }: Program): Bag {
  const defined = Object.entries(inputs).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(defined), ...Object.fromEntries(unknown.map((name) => [name, unknownMark])) };
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if ("4dabf18193072939515e22adb298388d" in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutSecrets(part)]));
}

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(running.splice(0).map((plugin) => plugin[Symbol.asyncDispose]()));
});

describe("the plugin, through gRPC,", () => {
  lifecycleContract({
    serve: serveSandbox,
    start: async () => new EmulatedEngine(open),
    isConcurrent: false,
    probesBeforeUpdate: false,
  });
});
