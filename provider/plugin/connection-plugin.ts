import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { type PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Configured, defaultsFor } from "../core/defaults.ts";
import * as lifecycle from "../core/lifecycle.ts";
import { printed } from "../core/message-text.ts";
import { connectionMessage } from "../core/messages.ts";
import { type Problem, textOf } from "../core/problems.ts";
import type { Bag } from "../core/values.ts";
import { printable } from "../deepseek/redact.ts";
import { SharedProbes } from "../shared-probes.ts";
import { EngineLog } from "./engine-log.ts";
import { received, sent } from "./properties.ts";

/** The type of the resource and the name of the function, as in the schema. There are no others. */
const CONNECTION = "deepseek:index:DeepSeekConnection";
const GET_MODELS = "deepseek:index:getModels";

const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
const { ADD, DELETE, UPDATE } = proto.PropertyDiff.Kind;

/**
 * How long a failing call of a preview waits after the last probe, in milliseconds, so that the engine can begin what it has
 * checked already.
 */
const GRACE_MS = 100;

/** Thrown when a call of the engine cannot be answered. The engine prints its text, which contains no key. */
export class PluginError extends Error {}

/**
 * The plugin shell: what the engine calls in the process `pulumi-resource-deepseek`. Each method takes and returns a message
 * of the engine's protocol; one that cannot answer throws a `PluginError`. There is one process for each provider of a program.
 */
export class ConnectionPlugin {
  readonly #schema: string;
  readonly #version: string;
  readonly #log = new EngineLog();
  readonly #cancelled = new AbortController();
  readonly #probes = new SharedProbes({
    waiting: (text) => void this.#log.send("info", text, undefined, true),
    trail: (lines) => void this.#log.send("debug", lines),
  });
  /** What this process has reported: `diff` and `update` may find the same. */
  readonly #reported = new Set<string>();
  #configured: Configured = {};
  /** The key that `checkConfig` has kept out of the provider's state. */
  #keptKey: unknown;

  constructor(schema: { readonly version: string }) {
    this.#schema = JSON.stringify(schema);
    this.#version = schema.version;
  }

  /** Connects the log to the engine. */
  connect(address: string): void {
    this.#log.connect(address);
  }

  async handshake(request: proto.ProviderHandshakeRequest) {
    this.connect(request.getEngineAddress());
    return new proto.ProviderHandshakeResponse().setAcceptSecrets(true);
  }

  async attach(request: PluginAttach) {
    this.connect(request.getAddress());
    return new Empty();
  }

  async getPluginInfo() {
    return new PluginInfo().setVersion(this.#version);
  }

  async getSchema() {
    return new proto.GetSchemaResponse().setSchema(this.#schema);
  }

  /**
   * Keeps the key in this process. The engine passes it without its mark as a secret and stores what is returned, so that a
   * key in it would be in the state in clear text. Everything else is returned as it came: SDKs add their version.
   */
  async checkConfig(request: proto.CheckRequest) {
    const news = request.getNews();
    this.#keptKey = received(news).values["apiKey"];
    news?.getFieldsMap().del("apiKey");
    return new proto.CheckResponse().setInputs(news);
  }

  /** Without a difference, the engine would configure this process with the provider's old inputs. */
  async diffConfig(request: proto.DiffRequest) {
    const [olds, news] = [request.getOldInputs(), request.getNews()].map((struct) => received(struct).values);
    return new proto.DiffResponse().setChanges(isDeepStrictEqual(olds, news) ? DIFF_NONE : DIFF_SOME);
  }

  async configure(request: proto.ConfigureRequest) {
    const { values } = received(request.getArgs());
    // After an import, and before a destroy, the engine configures the provider without checking it first.
    this.#configured = { ...values, apiKey: this.#keptKey ?? values["apiKey"] };
    return new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
  }

  /** Each failure has an empty property, because the engine prints the value of a property that is named. */
  async check(request: proto.CheckRequest) {
    const urn = request.getUrn();
    requireType(urn);
    const { values, secrets } = received(request.getNews());
    const { inputs, problems } = await this.#parse(urn, values, received(request.getOlds()).values);
    const response = new proto.CheckResponse();
    // Inputs that are refused are not returned: one of them may contain a key that belongs elsewhere.
    return problems.length > 0
      ? response.setFailuresList(failures(problems))
      : response.setInputs(sent(inputs, secrets));
  }

  /** The service may refuse what has not changed. The update that follows says why, with the resource's URN. */
  async diff(request: proto.DiffRequest) {
    const olds = received(request.getOlds()).values;
    const news = received(request.getNews()).values;
    const { hasChanges, changed } = lifecycle.compare(olds, news);
    if (!hasChanges && (await lifecycle.isWell(this.#host(request.getUrn()), news))) {
      return new proto.DiffResponse().setChanges(DIFF_NONE);
    }
    return difference(changed, received(request.getOldInputs()).values, news);
  }

  async create(request: proto.CreateRequest) {
    const host = this.#host(request.getUrn());
    const { values, secrets } = received(request.getProperties());
    const response = new proto.CreateResponse();
    if (request.getPreview()) {
      return response.setProperties(sent(lifecycle.foresee(await this.#probe(host, values), values), secrets));
    }
    const state = stored(await lifecycle.create(host, values));
    return response.setId(lifecycle.newId()).setProperties(sent(state, secrets));
  }

  async update(request: proto.UpdateRequest) {
    const host = this.#host(request.getUrn());
    const { values, secrets } = received(request.getNews());
    const olds = received(request.getOlds()).values;
    const response = new proto.UpdateResponse();
    if (request.getPreview()) {
      return response.setProperties(sent(lifecycle.foresee(await this.#probe(host, values), values, olds), secrets));
    }
    // Without a preview nothing else has checked a connection that needs no verification.
    if (!lifecycle.compare(olds, values).needsVerification) await this.#probe(host, values);
    return response.setProperties(sent(stored(await lifecycle.update(host, olds, values)), secrets));
  }

  /** Refresh; without stored properties, an import or a look-up by id. */
  async read(request: proto.ReadRequest) {
    const urn = request.getUrn();
    const properties = received(request.getProperties());
    const inputs = received(request.getInputs());
    const response = new proto.ReadResponse().setId(request.getId());
    if (Object.keys(properties.values).length > 0) {
      const state = await lifecycle.read(this.#host(urn), properties.values);
      return response.setProperties(sent(state, properties.secrets)).setInputs(sent(inputs.values, inputs.secrets));
    }
    requireType(urn);
    const adopted = await this.#parse(urn, inputs.values, {});
    refuse(adopted.problems, connectionMessage("import-without-configuration"));
    const state = stored(await lifecycle.adopt(this.#host(urn), adopted.inputs));
    return response.setProperties(sent(state, inputs.secrets)).setInputs(sent(adopted.inputs, inputs.secrets));
  }

  /** Nothing exists outside the state. */
  async delete() {
    return new Empty();
  }

  async invoke(request: proto.InvokeRequest) {
    if (request.getTok() !== GET_MODELS) throw new PluginError(`There is no function '${request.getTok()}'.`);
    const { values, secrets } = received(request.getArgs());
    // A function that is called has to call the service, whatever is configured for connections.
    const { verify: _, ...configured } = this.#configured;
    const parsed = await this.#parse("", { displayName: "getModels", ...values }, {}, configured);
    refuse(parsed.problems);
    const offer = await lifecycle.offer(this.#host(""), parsed.inputs);
    return offer.type === "failed"
      ? new proto.InvokeResponse().setFailuresList(failures(offer.problems))
      : new proto.InvokeResponse().setReturn(sent({ models: offer.models }, secrets));
  }

  /** Ends all calls under way, for which the engine waits. */
  async cancel() {
    this.#cancelled.abort(new PluginError(printed(connectionMessage("interrupted"))));
    return new Empty();
  }

  #host(urn: string): lifecycle.Host {
    return {
      report: async (message) => {
        const text = printed(message);
        const id = `${urn} ${text}`;
        if (this.#reported.has(id)) return;
        this.#reported.add(id);
        await this.#log.send(message.level, text, urn);
      },
      probe: (request) => this.#probes.once(request),
      now: Date.now,
      signal: this.#cancelled.signal,
    };
  }

  #parse(urn: string, given: Bag, olds: Bag, configured = this.#configured): Promise<lifecycle.Parsed> {
    const named = { displayName: printable(nameIn(urn), 100), ...given };
    return lifecycle.parse(this.#host(urn), named, olds, defaultsFor(named, configured));
  }

  /**
   * A free probe that must not fail. The engine begins nothing after the first failure, so a failing call waits for the
   * probes of all others: then each of them reports its own.
   */
  async #probe(host: lifecycle.Host, inputs: Bag): Promise<lifecycle.FreeProbe> {
    const found = await lifecycle.probeFreely(host, inputs);
    if (found.problems.length > 0) {
      const { signal } = this.#cancelled;
      await lifecycle.unlessAborted(signal, this.#probes.all());
      await lifecycle.unlessAborted(signal, sleep(GRACE_MS));
    }
    refuse(found.problems);
    return found;
  }
}

/** The end of a URN: the resource's name, which may contain its separator. */
function nameIn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** @throws PluginError if a URN is not of a connection. Its third part has the types of the resource and its parents. */
function requireType(urn: string): void {
  const [, , types = ""] = urn.split("::");
  const type = types.split("$").at(-1);
  if (type !== CONNECTION) throw new PluginError(`There is no resource type '${type}'. Use '${CONNECTION}'.`);
}

function stored(outcome: lifecycle.Outcome): Bag {
  if (outcome.type === "failed") throw new PluginError(textOf(outcome.problems));
  return outcome.state;
}

/** @throws PluginError if there are problems. @param advice follows them */
function refuse(problems: readonly Problem[], ...advice: readonly Problem[]): void {
  if (problems.length > 0) throw new PluginError(textOf([...problems, ...advice]));
}

function failures(problems: readonly Problem[]): proto.CheckFailure[] {
  return problems.map((problem) => new proto.CheckFailure().setReason(printed(problem)));
}

/** A difference in these inputs; if there are none, in the connection's status. */
function difference(changed: readonly string[], olds: Bag, news: Bag): proto.DiffResponse {
  const isInput = changed.length > 0;
  const names = isInput ? [...changed] : ["status"];
  const response = new proto.DiffResponse().setChanges(DIFF_SOME).setDiffsList(names).setHasdetaileddiff(true);
  for (const name of names) {
    const kind = !isInput || (name in olds && name in news) ? UPDATE : name in news ? ADD : DELETE;
    response.getDetaileddiffMap().set(name, new proto.PropertyDiff().setKind(kind).setInputdiff(isInput));
  }
  return response;
}
