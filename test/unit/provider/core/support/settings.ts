import { parseInputs, type Settings } from "../../../../../provider/core/inputs.ts";
import type { Bag } from "../../../../../provider/core/values.ts";

/** Parses inputs that a test assumes to be valid. @throws if they are not */
export function settingsOf(inputs: Bag): Settings {
  const parsed = parseInputs(inputs);
  if (parsed.type !== "settings") throw new Error("The test's own inputs are invalid.");
  return parsed.settings;
}
