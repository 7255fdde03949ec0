import { isDeepStrictEqual } from "node:util";
import { type Bag, parseArguments, type Settings } from "./arguments.ts";
import { inputsOf } from "./outputs.ts";

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
