import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Model } from "../deepseek/offer.ts";
import type { ProbeResult } from "../deepseek/probe.ts";
import { keyFingerprint } from "../deepseek/redact.ts";
import { definitionOf, type InputName, inputNames, inputsOf, parseInputs, type Settings } from "./inputs.ts";
import { reasonOf } from "./messages.ts";
import { type Bag, type OpenAIOptions, type Status, UNKNOWN } from "./values.ts";

/** What is stored of a connection besides the inputs that were given. Absent fields are omitted at every depth. */
interface ConnectionState {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly models: readonly Model[];
  readonly defaultModel?: string | undefined;
  readonly status: Status;
  readonly statusReason?: string | undefined;
  readonly keyFingerprint: string;
  /** ISO 8601, UTC. */
  readonly verifiedAt?: string | undefined;
  readonly servedModel?: string | undefined;
  readonly systemFingerprint?: string | undefined;
  readonly openai: OpenAIOptions;
}

/** The inputs as they were given, and what is known about the connection. */
export type StoredConnection = Bag & ConnectionState;

const stateSchema = z.looseObject({
  apiKey: z.string(),
  baseUrl: z.string(),
  models: z.array(z.looseObject({ id: z.string() })),
  defaultModel: z.string().optional(),
  status: z.enum(["valid", "unfunded", "invalid", "misconfigured", "unverified"] satisfies Status[]),
  statusReason: z.string().optional(),
  keyFingerprint: z.string(),
  verifiedAt: z.string().optional(),
  servedModel: z.string().optional(),
  systemFingerprint: z.string().optional(),
  openai: z.looseObject({
    apiKey: z.string(),
    baseURL: z.string(),
    model: z.string().optional(),
    defaultHeaders: z.record(z.string(), z.string()).optional(),
  }),
} satisfies Record<keyof ConnectionState, z.ZodType>);

const unknownOutputs: Bag = Object.fromEntries(Object.keys(stateSchema.shape).map((name) => [name, UNKNOWN]));

/** A stored connection; nothing if another version of the package stored it in a different form. */
export function parseState(stored: Bag): StoredConnection | undefined {
  return stateSchema.safeParse(stored).success ? (stored as StoredConnection) : undefined;
}

/** What is stored after a verification. */
export function verifiedState(given: Bag, settings: Settings, result: ProbeResult, now: number): StoredConnection {
  const { models, defaultModel, servedModel, systemFingerprint } = result.findings ?? {};
  return {
    ...stateOf(given, settings, defaultModel),
    models: models ?? allowed(settings),
    ...healthOf(result),
    verifiedAt: new Date(now).toISOString(),
    ...(servedModel !== undefined && { servedModel }),
    ...(systemFingerprint !== undefined && { systemFingerprint }),
  };
}

/** What is stored when no call was made. */
export function unverifiedState(given: Bag, settings: Settings, chosenModel: string | undefined): StoredConnection {
  return { ...stateOf(given, settings, chosenModel), models: allowed(settings), status: "unverified" };
}

/** What is stored when the inputs changed but the last verification is still valid for them. */
export function carriedOver(previous: StoredConnection, given: Bag, settings: Settings): StoredConnection {
  const { models, status, statusReason, verifiedAt, servedModel, systemFingerprint } = previous;
  return {
    ...stateOf(given, settings, previous.defaultModel),
    models,
    status,
    ...(statusReason !== undefined && { statusReason }),
    ...(verifiedAt !== undefined && { verifiedAt }),
    ...(servedModel !== undefined && { servedModel }),
    ...(systemFingerprint !== undefined && { systemFingerprint }),
  };
}

/** What a preview knows of `verifiedState`. What the service decides is not known before it is asked. */
export function foreseenState(given: Bag, settings: Settings, models: readonly Model[] | undefined): Bag {
  const { openai, ...known } = stateOf(given, settings, undefined);
  // The service may choose another model by then.
  const chosen = settings.defaultModel === undefined && { defaultModel: UNKNOWN };
  const options = settings.defaultModel === undefined ? { ...openai, model: UNKNOWN } : openai;
  return { ...unknownOutputs, ...known, ...chosen, ...(models !== undefined && { models }), openai: options };
}

/** What a preview knows of a connection if some of its inputs are not known yet. */
export function unknownState(given: Bag): Bag {
  return { ...unknownOutputs, ...inputsOf(given) };
}

/** What is stored after a refresh: only the status and the service's models change. */
export function refreshed(previous: StoredConnection, result: ProbeResult): StoredConnection {
  const { statusReason: _, ...rest } = previous;
  // A service that refuses the address or the model may have no list. That is not a change of its offer.
  const offered = result.verdict.kind === "misconfigured" ? undefined : result.findings?.models;
  return { ...rest, models: offered ?? previous.models, ...healthOf(result) };
}

/** What an engine needs to know before an update. */
export interface Difference {
  /** Whether there is anything to update: an input changed, or the connection is not healthy. */
  readonly hasChanges: boolean;
  /** Whether an update has to verify: an input that matters changed, or the connection is not healthy. */
  readonly needsVerification: boolean;
  /** The inputs that changed. */
  readonly changed: readonly InputName[];
}

/** @param previous absent if another version of the package stored it in a form that this one cannot read */
export function differenceOf(previous: StoredConnection | undefined, settings: Settings): Difference {
  if (previous === undefined) return { hasChanges: true, needsVerification: true, changed: inputNames };
  const changed = changedInputs(previous, settings);
  const isWell = isHealthy(previous, settings);
  return {
    hasChanges: !isWell || changed.length > 0,
    needsVerification: !isWell || changed.some((name) => definitionOf(name).change === "verify"),
    changed,
  };
}

function isHealthy({ status }: StoredConnection, { verify, testCall }: Settings): boolean {
  if (verify === "none") return status === "unverified";
  // Without the test call, the free calls may not be able to verify a connection. Another update would not change that.
  return status === "valid" || (status === "unverified" && testCall === "models");
}

function changedInputs(previous: StoredConnection, settings: Settings): readonly InputName[] {
  const before = parseInputs(inputsOf(previous));
  if (before.type !== "settings") return inputNames;
  return inputNames.filter((name) =>
    name === "defaultModel"
      ? isOtherModel(previous, settings)
      : !isDeepStrictEqual(before.settings[name], settings[name]),
  );
}

/** A model that was chosen for the user is kept while the service lists it, or if there is no list. */
function isOtherModel({ defaultModel, models }: StoredConnection, settings: Settings): boolean {
  if (settings.defaultModel !== undefined) return defaultModel !== settings.defaultModel;
  if (defaultModel === undefined || settings.verify === "none") return false;
  return !models.some(({ id }) => id === defaultModel);
}

function healthOf({ verdict }: ProbeResult): Pick<ConnectionState, "status" | "statusReason"> {
  if (verdict.kind === "valid") return { status: "valid" };
  // Nothing was learned, so nothing was verified.
  const status = verdict.kind === "indeterminate" ? "unverified" : verdict.kind;
  return { status, statusReason: reasonOf(verdict) };
}

function stateOf(given: Bag, settings: Settings, chosenModel: string | undefined) {
  const { apiKey, baseUrl, headers, allowedModels } = settings;
  const defaultModel = settings.defaultModel ?? chosenModel ?? allowedModels?.[0];
  return {
    // As they were given, without defaults: a default that changes in a later version must not show up as a change.
    ...inputsOf(given),
    apiKey,
    baseUrl,
    ...(defaultModel !== undefined && { defaultModel }),
    keyFingerprint: keyFingerprint(apiKey),
    openai: {
      apiKey,
      baseURL: baseUrl,
      ...(defaultModel !== undefined && { model: defaultModel }),
      ...(headers !== undefined && { defaultHeaders: headers }),
    },
  };
}

function allowed({ allowedModels }: Settings): readonly Model[] {
  return (allowedModels ?? []).map((id) => ({ id }));
}
