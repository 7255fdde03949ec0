import { randomUUID } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { announce } from "./announce.ts";
import { type Bag, parseArguments, requestFingerprint, requestOf, type Settings } from "./core/inputs.ts";
import { failure, named, rotated, rotationDue, warning } from "./core/messages.ts";
import { leadsTo } from "./core/policy.ts";
import {
  carriedOver,
  inputsOf,
  isChanged,
  needsVerification,
  refreshed,
  type Stored,
  unverifiedOutputs,
  verifiedOutputs,
} from "./core/state.ts";
import { keyFingerprint } from "./deepseek/redact.ts";
import type { Verdict } from "./deepseek/verdict.ts";
import type { HandedVerdict } from "./preflight.ts";
import { connectLog } from "./pulumi-internals.ts";
import { probeOnce } from "./shared-probes.ts";

/*
 * What the engine calls, in the process that runs dynamic providers. `dynamic.ts` finds these five functions by this
 * file's path and their names. There is no `delete`: nothing exists outside of the state, and deleting must need neither
 * package nor key nor network.
 */

connectLog();

/**
 * Checks the inputs, and the key with the free calls, at preview as well as before a create or update. Each failure has
 * an empty `property`, because the engine prints the value of a property that it is told.
 */
export async function check(olds: Bag, news: Bag): Promise<pulumi.dynamic.CheckResult> {
  // The constructor's messages to `check` never reach state. The host adds `__provider` again by itself.
  const { verdict: handed, apiKeyFrom, __provider, ...inputs } = news;
  const parsed = parseArguments(inputs);
  if (parsed.type === "problems") return { inputs, failures: parsed.problems.map(toFailure) };
  if (parsed.type === "unknown") return { inputs };
  const { settings } = parsed;
  if (apiKeyFrom === "environment") await warnOfAmbientKey(olds, settings);
  const due = rotationDue(settings, Date.now());
  if (due !== undefined) await pulumi.log.warn(due);
  if (settings.verify === "none") return { inputs };

  const verdict = await verdictOn(settings, handed as HandedVerdict | undefined);
  const stops = leadsTo("fail", verdict, "check", settings.verify);
  return { inputs, failures: stops ? [toFailure(failure(verdict, settings))] : [] };
}

/** Whether there is something to do: the inputs differ, or the connection is not well and is to be verified again. */
export async function diff(_id: string, olds: Bag, news: Bag): Promise<pulumi.dynamic.DiffResult> {
  const parsed = parseArguments(inputsOf(news));
  return { changes: parsed.type !== "settings" || isChanged(olds, parsed.settings) };
}

/** Verifies the connection, with the test call unless the user does without, and stores what was found. */
export async function create(inputs: Bag): Promise<pulumi.dynamic.CreateResult> {
  const outs = await verified(inputs, "create");
  // Random and permanent: a rotation changes the key, not the connection.
  return { id: `deepseek-connection-${randomUUID()}`, outs };
}

/** Verifies again if that can change anything; else what the last verification found stays. */
export async function update(_id: string, olds: Bag, news: Bag): Promise<pulumi.dynamic.UpdateResult> {
  const settings = settingsOf(news);
  if (!needsVerification(olds, settings)) return { outs: carriedOver(olds, news, settings) };
  const { defaultModel: chosenModel, keyFingerprint: before } = olds;
  const outs = await verified(news, "update", typeof chosenModel === "string" ? chosenModel : undefined);
  const isNewKey = typeof before === "string" && before !== outs["keyFingerprint"];
  if (isNewKey && settings.verify !== "none") await pulumi.log.info(rotated(settings, before));
  return { outs };
}

/**
 * Refresh: makes the free calls, and shows a key that was revoked or an account that ran empty as a changed `status`.
 * While nothing is known the state stays as it is. A dead key is never a missing resource, and never an exception.
 */
export async function read(id: string, props: Bag): Promise<pulumi.dynamic.ReadResult> {
  const parsed = parseArguments(inputsOf(props));
  // A state of another version of the package: `diff` and `update` bring it up to date.
  if (parsed.type !== "settings" || parsed.settings.verify === "none") return { id, props };
  const { settings } = parsed;
  const result = await probeOnce(requestOf(settings, false));
  if (result.verdict.kind !== "valid") await pulumi.log.warn(warning(result.verdict, settings));
  return { id, props: result.verdict.kind === "indeterminate" ? props : refreshed(props, result) };
}

/** The program's verdict if it was made from these very inputs, else one of our own. */
async function verdictOn(settings: Settings, handed: HandedVerdict | undefined): Promise<Verdict> {
  const request = requestOf(settings, false);
  if (handed?.request === requestFingerprint(request)) return handed.verdict;
  const result = await probeOnce(request);
  await announce(settings, result);
  return result.verdict;
}

async function verified(inputs: Bag, step: "create" | "update", chosenModel?: string): Promise<Stored> {
  const settings = settingsOf(inputs);
  if (settings.verify === "none") return unverifiedOutputs(inputs, settings, chosenModel);
  const result = await probeOnce(requestOf(settings, settings.testCall === "chat", chosenModel));
  if (leadsTo("fail", result.verdict, step, settings.verify)) {
    // Whatever is thrown is printed: the text holds no key, and the error neither a cause nor an `id`, which would make
    // the engine store a half-made resource.
    throw new Error(failure(result.verdict, settings));
  }
  return verifiedOutputs(inputs, settings, result);
}

/** The settings behind inputs that `check` has let through. */
function settingsOf(inputs: Bag): Settings {
  const parsed = parseArguments(inputsOf(inputs));
  if (parsed.type === "settings") return parsed.settings;
  throw new Error(parsed.type === "problems" ? parsed.problems.join("\n") : "An input is still not known.");
}

async function warnOfAmbientKey(olds: Bag, settings: Settings): Promise<void> {
  const before = olds["apiKey"];
  if (typeof before !== "string" || before.trim() === settings.apiKey) return;
  const [old, ambient] = [before.trim(), settings.apiKey].map(keyFingerprint);
  const text =
    `the key in the environment variable DEEPSEEK_API_KEY (fingerprint ${ambient}) replaces the one in state ` +
    `(fingerprint ${old}). If that is not wanted: unset the variable, 'pulumi config set --secret deepseek:apiKey'.`;
  await pulumi.log.warn(named(settings.displayName, text));
}

function toFailure(reason: string): pulumi.dynamic.CheckFailure {
  return { property: "", reason };
}
