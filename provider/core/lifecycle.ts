import type { ProbeRequest, ProbeResult } from "../deepseek/probe.ts";
import { inputsOf, parseInputs, probeRequestOf, type Settings } from "./inputs.ts";
import {
  ambientKeyReplaces,
  connectionMessage,
  failureOf,
  hintOn,
  hintsOf,
  insecureHttp,
  type Message,
  rotated,
  rotationDue,
  strictnessOverridden,
  warningOf,
} from "./messages.ts";
import { leadsTo } from "./policy.ts";
import type { Problem } from "./problems.ts";
import {
  carriedOver,
  isChanged,
  needsVerification,
  parseState,
  refreshed,
  type StoredConnection,
  unverifiedState,
  verifiedState,
} from "./state.ts";
import { type Bag, UNKNOWN } from "./values.ts";

/** What the lifecycle needs from the shell around it. */
export interface Host {
  /** Shows a message to the person who deploys. */
  readonly report: (message: Message) => Promise<void>;
  readonly probe: (request: ProbeRequest) => Promise<ProbeResult>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly defaults?: Defaults;
}

/** Values for inputs that a connection does not set. */
interface Defaults {
  readonly apiKey?: { readonly value: unknown; readonly from: "configuration" | "environment" };
  /** Overrides the `verify` of every connection, with a warning. */
  readonly verify?: string;
}

export interface Checked {
  /** The inputs to deploy: as they were given, with the host's defaults. */
  readonly inputs: Bag;
  /** Why it cannot be deployed; empty if it can. */
  readonly problems: readonly Problem[];
}

/** The result of a create or an update. */
export type Outcome =
  | { readonly type: "stored"; readonly state: StoredConnection }
  /** Nothing changes: the previous state stays. */
  | { readonly type: "failed"; readonly problems: readonly Problem[] };

/**
 * Validates the inputs, then checks the key: with the free calls, and with the test call only where those prove nothing.
 * It runs at preview and before a create or an update.
 *
 * @param previous the inputs of the last deployment, if there was one
 */
export async function check(host: Host, given: Bag, previous: Bag): Promise<Checked> {
  const inputs = await withDefaults(host, given);
  const parsed = parseInputs(inputs);
  if (parsed.type !== "settings") return { inputs, problems: parsed.type === "problems" ? parsed.problems : [] };
  const { settings } = parsed;
  const before = previous["apiKey"];
  if (
    given["apiKey"] === undefined &&
    host.defaults?.apiKey?.from === "environment" &&
    typeof before === "string" &&
    before.trim() !== settings.apiKey
  ) {
    await host.report(ambientKeyReplaces(before.trim(), settings));
  }
  const insecure = insecureHttp(settings.baseUrl);
  if (insecure !== undefined) await host.report(hintOn(settings, insecure));
  const due = rotationDue(settings, host.now());
  if (due !== undefined) await host.report(due);
  if (settings.verify === "none") return { inputs, problems: [] };

  const result = await host.probe(probeRequestOf(settings, "ifNeeded"));
  if (leadsTo("warn", result.verdict, "check", settings.verify)) await host.report(warningOf(result.verdict, settings));
  for (const hint of hintsOf(settings, result)) await host.report(hintOn(settings, hint));
  const isStopped = leadsTo("fail", result.verdict, "check", settings.verify);
  return { inputs, problems: isStopped ? [failureOf(result.verdict, settings)] : [] };
}

/** Whether there is something to do: an input changed, or the connection is unhealthy and has to be verified again. */
export function diff(previous: Bag, inputs: Bag): { readonly hasChanges: boolean } {
  const parsed = parseInputs(inputs);
  return { hasChanges: parsed.type !== "settings" || isChanged(parseState(previous), parsed.settings) };
}

/** Verifies the connection, with the test call unless `testCall` disables it, and returns what to store. */
export async function create(host: Host, inputs: Bag): Promise<Outcome> {
  const parsed = readSettings(inputs);
  return parsed.type === "failed" ? parsed : verify(host, inputs, parsed.settings, "create");
}

/** Verifies again if an input that matters changed; otherwise keeps what the last verification found. */
export async function update(host: Host, stored: Bag, inputs: Bag): Promise<Outcome> {
  const parsed = readSettings(inputs);
  if (parsed.type === "failed") return parsed;
  const { settings } = parsed;
  const previous = parseState(stored);
  if (previous !== undefined && !needsVerification(previous, settings)) {
    return { type: "stored", state: carriedOver(previous, inputs, settings) };
  }
  const outcome = await verify(host, inputs, settings, "update", previous?.defaultModel);
  if (outcome.type === "stored" && previous !== undefined && settings.verify !== "none") {
    const before = previous.keyFingerprint;
    if (before !== outcome.state.keyFingerprint) await host.report(rotated(settings, before));
  }
  return outcome;
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
  const result = await host.probe(probeRequestOf(settings, use));
  if (result.verdict.kind !== "valid") await host.report(warningOf(result.verdict, settings));
  return result.verdict.kind === "indeterminate" ? stored : refreshed(previous, result);
}

async function withDefaults(host: Host, given: Bag): Promise<Bag> {
  const { apiKey, verify } = host.defaults ?? {};
  const inputs = given["apiKey"] === undefined && apiKey !== undefined ? { ...given, apiKey: apiKey.value } : given;
  if (verify === undefined || verify === inputs["verify"]) return inputs;
  const { displayName, verify: own } = inputs;
  await host.report(strictnessOverridden(String(displayName), verify, own as Settings["verify"] | undefined));
  return { ...inputs, verify };
}

async function verify(
  host: Host,
  inputs: Bag,
  settings: Settings,
  step: "create" | "update",
  chosenModel?: string,
): Promise<Outcome> {
  if (settings.verify === "none") return { type: "stored", state: unverifiedState(inputs, settings, chosenModel) };
  const result = await host.probe(probeRequestOf(settings, "always", chosenModel));
  const { verdict } = result;
  // `check` has already reported what the free calls found.
  if (leadsTo("warn", verdict, step, settings.verify) && verdict.call === "chat") {
    await host.report(warningOf(verdict, settings));
  }
  if (leadsTo("fail", verdict, step, settings.verify)) {
    return { type: "failed", problems: [failureOf(verdict, settings)] };
  }
  return { type: "stored", state: verifiedState(inputs, settings, result, host.now()) };
}

/** The settings from inputs that `check` has accepted. */
function readSettings(
  inputs: Bag,
): { readonly type: "settings"; readonly settings: Settings } | Extract<Outcome, { readonly type: "failed" }> {
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
