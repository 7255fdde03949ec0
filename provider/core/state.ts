import { isDeepStrictEqual } from "node:util";
import type { ProbeResult } from "../deepseek/probe.ts";
import { keyFingerprint } from "../deepseek/redact.ts";
import { type Bag, inputNames, parseArguments, type Settings } from "./inputs.ts";
import { reason } from "./messages.ts";

/** A connection as it is stored. Absent fields are left out at every depth: the engine refuses `undefined`. */
export type Stored = Record<string, unknown>;

/** The inputs among a connection's stored properties, or among what the engine hands over. */
export function inputsOf(bag: Bag): Bag {
  return Object.fromEntries(inputNames.flatMap((name) => (name in bag ? [[name, bag[name]]] : [])));
}

/** What is stored after a verification. */
export function verifiedOutputs(inputs: Bag, settings: Settings, result: ProbeResult): Stored {
  const { servedModel, systemFingerprint } = result.findings ?? {};
  return {
    ...fromInputs(inputs, settings, result.findings?.defaultModel),
    models: result.findings?.models ?? allowed(settings),
    ...health(result),
    verifiedAt: new Date().toISOString(),
    ...(servedModel !== undefined && { servedModel }),
    ...(systemFingerprint !== undefined && { systemFingerprint }),
  };
}

/** What is stored when nothing was asked. */
export function unverifiedOutputs(inputs: Bag, settings: Settings, chosenModel: string | undefined): Stored {
  return { ...fromInputs(inputs, settings, chosenModel), models: allowed(settings), status: "unverified" };
}

/** What is stored when the inputs changed in a way that the last verification still covers. */
export function carriedOver(olds: Bag, inputs: Bag, settings: Settings): Stored {
  const { models, status, statusReason, verifiedAt, servedModel, systemFingerprint, defaultModel } = olds;
  const kept = { models, status, statusReason, verifiedAt, servedModel, systemFingerprint };
  return {
    ...fromInputs(inputs, settings, typeof defaultModel === "string" ? defaultModel : undefined),
    ...Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)),
  };
}

/** What a refresh changes: the status and the service's offer, nothing that moves by itself. */
export function refreshed(props: Bag, { verdict, findings }: ProbeResult): Stored {
  const { statusReason: _, ...rest } = props;
  return { ...rest, ...(findings !== undefined && { models: findings.models }), ...health({ verdict }) };
}

function health({ verdict }: ProbeResult): Stored {
  return { status: verdict.kind, ...(verdict.kind !== "valid" && { statusReason: reason(verdict) }) };
}

function fromInputs(inputs: Bag, settings: Settings, chosenModel: string | undefined): Stored {
  const { apiKey, baseUrl, allowedModels } = settings;
  const defaultModel = settings.defaultModel ?? chosenModel ?? allowedModels?.[0];
  return {
    // As they were given: a default that a later version of the package changes is no difference of the user's.
    ...inputsOf(inputs),
    apiKey,
    baseUrl,
    ...(defaultModel !== undefined && { defaultModel }),
    keyFingerprint: keyFingerprint(apiKey),
    openai: { apiKey, baseURL: baseUrl, ...(defaultModel !== undefined && { model: defaultModel }) },
  };
}

function allowed({ allowedModels }: Settings) {
  return (allowedModels ?? []).map((id) => ({ id }));
}

/** The inputs whose change makes the last verification say nothing about the connection. `defaultModel` is one more. */
const verifiedInputs = ["apiKey", "baseUrl", "allowedModels", "verify", "testCall"] as const;

/** The inputs that a change of needs an update alone. */
const otherInputs = ["displayName", "timeoutSeconds", "maxAttempts", "keyCreatedAt", "rotateAfterDays"] as const;

/** Whether there is anything to update. `olds` is what was stored. */
export function isChanged(olds: Bag, settings: Settings): boolean {
  const before = settingsOfStored(olds);
  return isOutdated(olds, before, settings) || differs(before, settings, otherInputs);
}

/** Whether an update has to verify: an input that matters changed, or the connection was not well. */
export function needsVerification(olds: Bag, settings: Settings): boolean {
  return isOutdated(olds, settingsOfStored(olds), settings);
}

function isOutdated(olds: Bag, before: Settings | undefined, after: Settings): boolean {
  const healthy = after.verify === "none" ? "unverified" : "valid";
  return olds["status"] !== healthy || differs(before, after, verifiedInputs) || modelDiffers(olds, after);
}

function modelDiffers(olds: Bag, settings: Settings): boolean {
  const current = olds["defaultModel"];
  if (settings.defaultModel !== undefined) return current !== settings.defaultModel;
  // The one that was chosen is kept while the service lists it. Without a list nothing can be said.
  const models = olds["models"];
  if (current === undefined || settings.verify === "none" || !Array.isArray(models)) return false;
  return !models.some((model: { readonly id?: unknown }) => model.id === current);
}

function differs(before: Settings | undefined, after: Settings, names: readonly (keyof Settings)[]): boolean {
  return before === undefined || names.some((name) => !isDeepStrictEqual(before[name], after[name]));
}

function settingsOfStored(olds: Bag): Settings | undefined {
  const parsed = parseArguments(inputsOf(olds));
  return parsed.type === "settings" ? parsed.settings : undefined;
}
