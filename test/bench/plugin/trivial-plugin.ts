import { setTimeout as sleep } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import * as proto from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb.js";

/*
 * The process `pulumi-resource-trivial`: what a check costs that does no work. Where our plugin probes, in the `create`
 * of a preview and in `diff`, it waits as long as the service takes for an answer. It answers with the properties of a
 * connection.
 */

/** How long it waits, in milliseconds. */
const WAIT_MS = Number(process.env["BENCH_LATENCY_MS"]);

/** Pulumi's marks. Sources: see `provider/plugin/properties.ts` and `provider/engine-values.ts`. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Properties = Record<string, JavaScriptValue>;

const model = {
  id: "deepseek-flash",
  name: "DeepSeek-V4.1-Flash",
  contextWindow: 1_048_576,
  maxOutputTokens: 393_216,
  inputModalities: ["text", "image"],
  outputModalities: ["text"],
};

/** The outputs that a preview knows. */
const known = {
  models: [model, { ...model, id: "deepseek-v4-pro", name: "DeepSeek-V4-Pro", inputModalities: ["text"] }],
  keyFingerprint: "0123456789ab",
};

/** The outputs that only a deployment knows. */
const verified = {
  defaultModel: "deepseek-flash",
  status: "valid",
  verifiedAt: "2026-11-26T12:00:00.000Z",
  servedModel: "deepseek-flash",
  systemFingerprint: "fp_0123456789_prod0820_fp8_kvcache",
};

/** Their values in a preview. */
const unverified = {
  defaultModel: UNKNOWN,
  status: UNKNOWN,
  statusReason: UNKNOWN,
  verifiedAt: UNKNOWN,
  servedModel: UNKNOWN,
  systemFingerprint: UNKNOWN,
};

/** The inputs, and outputs like those of a connection. */
function answerTo(given: Struct | undefined, isPreview: boolean): Struct {
  const inputs: Properties = given?.toJavaScript() ?? {};
  const outputs = isPreview ? unverified : verified;
  const { apiKey, baseUrl = "https://api.deepseek.com" } = inputs;
  const key = typeof apiKey === "object" && apiKey !== null && "value" in apiKey ? apiKey.value : null;
  const openai = { apiKey: key, baseURL: baseUrl, model: outputs.defaultModel };
  return Struct.fromJavaScript({
    ...inputs,
    baseUrl,
    ...known,
    ...outputs,
    openai: { [SIGNATURE]: SECRET, value: openai },
  } as Properties);
}

const empty = async () => new Empty();

/** What the engine calls from preview to destroy, by its name in the protocol. */
const methods = {
  handshake: async () => new proto.ProviderHandshakeResponse().setAcceptSecrets(true),
  attach: empty,
  getPluginInfo: async () => new PluginInfo().setVersion("0.1.0"),
  checkConfig: async (request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews()),
  diffConfig: async () => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE),
  configure: async () => new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true),
  check: async (request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews()),
  diff: async () => {
    await sleep(WAIT_MS);
    return new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE);
  },
  create: async (request: proto.CreateRequest) => {
    const isPreview = request.getPreview();
    if (isPreview) await sleep(WAIT_MS);
    const response = new proto.CreateResponse().setProperties(answerTo(request.getProperties(), isPreview));
    return isPreview ? response : response.setId("trivial");
  },
  delete: empty,
  cancel: empty,
};

/** Answers with what a method returns. */
function answering(method: (request: never) => Promise<object>): grpc.handleUnaryCall<never, object> {
  return ({ request }, answer) => {
    method(request).then(
      (response) => answer(null, response),
      ({ message }: Error) => answer({ code: grpc.status.UNKNOWN, details: message }),
    );
  };
}

const server = new grpc.Server();
const handlers = Object.entries(methods).map(([name, method]) => [name, answering(method)]);
server.addService(ResourceProviderService, Object.fromEntries(handlers));
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  console.log(String(port));
});
