import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Model } from "../deepseek/offer.ts";
import type { ProbeRequest, ProbeResult } from "../deepseek/probe.ts";
import type { Defaults } from "./defaults.ts";
import { inputNames, inputsOf, type ParsedInputs, parseInputs, probeRequestOf, type Settings } from "./inputs.ts";
import {
  ambientKeyReplaces,
  connectionMessage,
  failureOf,
  hintOn,
  hintsOf,
  insecureHttp,
  type Message,
  refusalOf,
  rotated,
  rotationDue,
  strictnessOverridden,
  warningOf,
} from "./messages.ts";
import { leadsTo, type Step } from "./policy.ts";
import type { Problem } from "./problems.ts";
import {
  carriedOver,
  type Difference,
  differenceOf,
  foreseenState,
  parseState,
  refreshed,
  type StoredConnection,
  unknownState,
  unverifiedState,
  verifiedState,
} from "./state.ts";
import { type Bag, UNKNOWN } from "./values.ts";

/*
 * The steps of a connection's lifecycle: parse, free probe, compare, verify, store. Each shell is a sequence of them, in the
 * order in which its engine calls it. What a verdict means is decided here and in `policy.ts` only.
 */

/** What the steps need from the shell around them. */
export interface Host {
  /** Shows a message to the person who deploys. */
  readonly report: (message: Message) => Promise<void>;
  /** Makes a probe, or returns the one that this run has already made for the same request. */
  readonly probe: (request: ProbeRequest) => Promise<ProbeResult>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Ends every step at once: the step rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface Parsed {
  /** The inputs to deploy: as they were given, with the defaults. */
  readonly inputs: Bag;
  /** Why they cannot be deployed; empty if they can. */
  readonly problems: readonly Problem[];
}

/** What a free probe found. */
export interface FreeProbe {
  /** Why the connection cannot be deployed; empty if it can. */
  readonly problems: readonly Problem[];
  /** Absent if no call was made. */
  readonly result?: ProbeResult;
}

/** The result of a create or an update. */
export type Outcome = { readonly type: "stored"; readonly state: StoredConnection } | Failed;

/** Nothing changes: the previous state stays. */
interface Failed {
  readonly type: "failed";
  readonly problems: readonly Problem[];
}

/**
 * The first step: completes and validates the inputs, and reports what needs no call.
 *
 * @param previous the inputs of the last deployment, if there was one
 */
export async function parse(host: Host, given: Bag, previous: Bag, defaults: Defaults = {}): Promise<Parsed> {
  const inputs = await withDefaults(host, given, defaults);
  const parsed = parseInputs(inputs);
  if (parsed.type !== "settings") return { inputs, problems: problemsIn(parsed, defaults) };
  const { settings } = parsed;
  const before = previous["apiKey"];
  if (
    given["apiKey"] === undefined &&
    defaults.apiKey?.from === "environment" &&
    typeof before === "string" &&
    before.trim() !== settings.apiKey
  ) {
    await host.report(ambientKeyReplaces(before.trim(), settings));
  }
  const insecure = insecureHttp(settings.baseUrl);
  if (insecure !== undefined) await host.report(hintOn(settings, insecure));
  const due = rotationDue(settings, host.now());
  if (due !== undefined) await host.report(due);
  return { inputs, problems: [] };
}

/**
 * Checks the key before a deployment: with the free calls, and with the test call only where those prove nothing. Makes no
 * calls for inputs that are wrong, which it refuses, or not known yet.
 */
export async function probeFreely(host: Host, inputs: Bag): Promise<FreeProbe> {
  const probe = freeProbeOf(inputs);
  if (probe.type === "none") return { problems: probe.problems };
  const result = await ask(host, probe.request);
  return { problems: await judged(host, probe.settings, result, "check"), result };
}

/** The request of a free probe, if one is made. */
export function freeProbeOf(
  inputs: Bag,
):
  | { readonly type: "probe"; readonly settings: Settings; readonly request: ProbeRequest }
  | { readonly type: "none"; readonly problems: readonly Problem[] } {
  const parsed = parseInputs(inputs);
  if (parsed.type === "problems") return { type: "none", problems: parsed.problems };
  if (parsed.type === "unknown" || parsed.settings.verify === "none") return { type: "none", problems: [] };
  return { type: "probe", settings: parsed.settings, request: probeRequestOf(parsed.settings, "ifNeeded") };
}

/** The warning about a free probe that stops a deployment; nothing if it does not. */
export function failureAhead(settings: Settings, { verdict }: ProbeResult): Message | undefined {
  return leadsTo("fail", verdict, "check", settings.verify) ? warningOf(verdict, settings) : undefined;
}

/** Whether there is something to do: an input changed, or the connection is unhealthy and has to be verified again. */
export function compare(previous: Bag, inputs: Bag): Difference {
  const parsed = parseInputs(inputs);
  if (parsed.type === "settings") return differenceOf(parseState(previous), parsed.settings);
  const changed = inputNames.filter((name) => !isDeepStrictEqual(previous[name], inputs[name]));
  return { hasChanges: true, needsVerification: true, changed };
}

/** Whether the service still accepts a connection that does not change. */
export async function isWell(host: Host, inputs: Bag): Promise<boolean> {
  return (await probeFreely(host, inputs)).problems.length === 0;
}

/**
 * What a preview can know of the state to store. The rest is `UNKNOWN`.
 *
 * @param stored absent for a create
 */
export function foresee({ result }: FreeProbe, inputs: Bag, stored: Bag = {}): Bag {
  const parsed = parseInputs(inputs);
  if (parsed.type !== "settings") return unknownState(inputs);
  const { settings } = parsed;
  const known = withoutCalls(inputs, settings, parseState(stored));
  return known ?? foreseenState(inputs, settings, result?.findings?.models);
}

/** The id of a new connection: random and permanent, because a rotation changes the key, not the connection. */
export function newId(): string {
  return `deepseek-connection-${randomUUID()}`;
}

/** Verifies the connection, with the test call unless `testCall` disables it, and returns what to store. */
export function create(host: Host, inputs: Bag): Promise<Outcome> {
  return deploy(host, inputs, "create");
}

/** Verifies again if an input that matters changed; otherwise keeps what the last verification found. */
export function update(host: Host, stored: Bag, inputs: Bag): Promise<Outcome> {
  return deploy(host, inputs, "update", parseState(stored));
}

/**
 * Refresh: makes the free calls, and the test call where those prove nothing, or where they could not have found why the
 * connection is unhealthy. A key that was revoked, or an account that now has insufficient balance, shows up as a changed
 * `status`. If the service gives no clear answer the state stays unchanged. A rejected key is never reported as a missing
 * resource, and never as an error.
 *
 * @returns what to store
 */
export async function read(host: Host, stored: Bag): Promise<Bag> {
  const previous = parseState(stored);
  const parsed = parseInputs(inputsOf(stored));
  // State of another version of the package stays unchanged here: `diff` and `update` bring it up to date.
  if (previous === undefined || parsed.type !== "settings" || parsed.settings.verify === "none") return stored;
  const { settings } = parsed;
  const use = previous.status === "valid" ? "ifNeeded" : "always";
  const result = await ask(host, probeRequestOf(settings, use));
  if (result.verdict.kind !== "valid") await host.report(warningOf(result.verdict, settings));
  return result.verdict.kind === "indeterminate" ? stored : refreshed(previous, result);
}

/**
 * What to store for a connection that exists in no state yet: an import, or a look-up by its id. Makes the calls of a free
 * probe.
 */
export async function adopt(host: Host, inputs: Bag): Promise<Outcome> {
  const parsed = readSettings(inputs);
  if (parsed.type === "failed") return parsed;
  const { problems, result } = await probeFreely(host, inputs);
  if (problems.length > 0) return { type: "failed", problems };
  const { settings } = parsed;
  return {
    type: "stored",
    state:
      result === undefined
        ? unverifiedState(inputs, settings, undefined)
        : verifiedState(inputs, settings, result, host.now()),
  };
}

/** The models that the service lists for a key. Makes only free calls. */
export async function offer(
  host: Host,
  inputs: Bag,
): Promise<{ readonly type: "models"; readonly models: readonly Model[] } | Failed> {
  const parsed = readSettings(inputs);
  if (parsed.type === "failed") return parsed;
  const { settings } = parsed;
  const { verdict, findings } = await ask(host, { ...probeRequestOf(settings, "ifNeeded"), testCall: "never" });
  if (findings !== undefined || verdict.kind === "valid") return { type: "models", models: findings?.models ?? [] };
  return { type: "failed", problems: [refusalOf(verdict, settings)] };
}

async function withDefaults(host: Host, given: Bag, { apiKey, baseUrl, verify }: Defaults): Promise<Bag> {
  const inputs = {
    ...(baseUrl !== undefined && { baseUrl }),
    ...(apiKey?.value !== undefined && { apiKey: apiKey.value }),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
  if (verify === undefined || verify === given["verify"]) return inputs;
  const { displayName, verify: own } = given;
  await host.report(strictnessOverridden(String(displayName), String(verify), own as Settings["verify"] | undefined));
  return { ...inputs, verify };
}

async function deploy(
  host: Host,
  inputs: Bag,
  step: "create" | "update",
  previous?: StoredConnection,
): Promise<Outcome> {
  const parsed = readSettings(inputs);
  if (parsed.type === "failed") return parsed;
  const { settings } = parsed;
  const state = withoutCalls(inputs, settings, previous);
  if (state !== undefined) return { type: "stored", state };
  const { problems, result } = await verify(host, settings, step, previous?.defaultModel);
  if (problems.length > 0) return { type: "failed", problems };
  return { type: "stored", state: await store(host, inputs, settings, result, previous) };
}

/** What to store if no call has to be made; nothing if the connection has to be verified. */
function withoutCalls(inputs: Bag, settings: Settings, previous: StoredConnection | undefined) {
  if (previous !== undefined && !differenceOf(previous, settings).needsVerification) {
    return carriedOver(previous, inputs, settings);
  }
  return settings.verify === "none" ? unverifiedState(inputs, settings, previous?.defaultModel) : undefined;
}

/** Makes all calls, the test call included. */
async function verify(host: Host, settings: Settings, step: "create" | "update", chosenModel: string | undefined) {
  const result = await ask(host, probeRequestOf(settings, "always", chosenModel));
  return { result, problems: await judged(host, settings, result, step) };
}

/** What to store of a verification, which must have passed. Reports how to finish a rotation. */
async function store(
  host: Host,
  inputs: Bag,
  settings: Settings,
  result: ProbeResult,
  previous: StoredConnection | undefined,
): Promise<StoredConnection> {
  const state = verifiedState(inputs, settings, result, host.now());
  if (previous !== undefined && previous.keyFingerprint !== state.keyFingerprint) {
    await host.report(rotated(settings, previous.keyFingerprint));
  }
  return state;
}

/** Reports what a result means for a step. @returns why the step fails; nothing if it does not */
async function judged(host: Host, settings: Settings, result: ProbeResult, step: Step): Promise<readonly Problem[]> {
  const { verdict } = result;
  if (leadsTo("warn", verdict, step, settings.verify)) await host.report(warningOf(verdict, settings));
  for (const hint of hintsOf(settings, result)) await host.report(hintOn(settings, hint));
  return leadsTo("fail", verdict, step, settings.verify) ? [failureOf(verdict, settings)] : [];
}

/** A probe that ends with the host's signal. What is left of its calls ends with the process. */
function ask({ probe, signal }: Host, request: ProbeRequest): Promise<ProbeResult> {
  return signal === undefined ? probe(request) : unlessAborted(signal, probe(request));
}

/** Rejects with the signal's reason once it is aborted. */
export async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function problemsIn(parsed: Exclude<ParsedInputs, { readonly type: "settings" }>, { isKeyWithheld }: Defaults) {
  const problems = parsed.type === "problems" ? parsed.problems : [];
  if (!isKeyWithheld) return problems;
  // In place of the problem that no key is set.
  return [connectionMessage("api-key-of-other-service"), ...problems.filter(({ text }) => !/^apiKey: /.test(text))];
}

/** The settings from inputs that `parse` has accepted. */
function readSettings(inputs: Bag): { readonly type: "settings"; readonly settings: Settings } | Failed {
  const parsed = parseInputs(inputs);
  switch (parsed.type) {
    case "settings":
      return parsed;
    case "problems":
      return { type: "failed", problems: parsed.problems };
    case "unknown":
      return { type: "failed", problems: [stillUnknown(inputs)] };
  }
}

function stillUnknown(inputs: Bag): Problem {
  const names = Object.keys(inputs).filter((name) => inputs[name] === UNKNOWN);
  return connectionMessage("input-unknown", { names: names.join(", ") });
}
