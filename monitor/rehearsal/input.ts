import { type ScenarioName, scenarioNames } from "./scenarios.ts";
import { mostSimilar } from "./similar.ts";

/** Thrown when what a person typed or wrote is wrong: the message says what, and what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @throws UsageError if there is no such scenario */
export function readScenario(typed: string): ScenarioName {
  const known = scenarioNames.find((name) => name === typed);
  if (known !== undefined) return known;
  const similar = mostSimilar(typed, scenarioNames);
  const hint = similar === undefined ? "" : ` Did you mean '${similar}'?`;
  throw new UsageError(`There is no scenario '${typed}'.${hint} Without a name, 'rehearse' lists all of them.`);
}

/** @throws UsageError if the text is no whole number between the two, both included */
export function readNumber(option: string, typed: string, least: number, most: number): number {
  const number = Number(typed);
  if (/^\d+$/.test(typed) && number >= least && number <= most) return number;
  throw new UsageError(`${option} takes a whole number from ${least} to ${most}, not '${typed}'.`);
}
