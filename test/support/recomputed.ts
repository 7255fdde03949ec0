import { expect } from "vitest";
import { type RehearsalOptions, rehearse, type ScenarioName, type Timeline } from "../../monitor/rehearsal/index.ts";
import { recompute } from "./independent-evaluator.ts";

/** What `rehearse --json` prints, as another program reads it. */
type Printed = Parameters<typeof recompute>[0] & {
  readonly alarms: readonly (Pick<Timeline["alarms"][number], "name" | "initial" | "changes"> & {
    readonly evaluation: Parameters<typeof recompute>[1];
  })[];
};

/** Rehearses, and returns what is printed. */
export async function printedBy(scenario: ScenarioName, options: RehearsalOptions = {}): Promise<Printed> {
  return JSON.parse(JSON.stringify(await rehearse(scenario, options)));
}

/** The alarms whose states another program computes differently from the same JSON. */
export function disagreements(printed: Printed, changed: Partial<Printed> = {}): readonly string[] {
  return printed.alarms
    .filter(({ evaluation, initial, changes }) => {
      const own = recompute({ ...printed, ...changed }, evaluation);
      return JSON.stringify(own) !== JSON.stringify({ initial, changes });
    })
    .map(({ name }) => name);
}

/** Expects that an independent program computes the same states of each alarm from the printed JSON alone. */
export async function expectAgreement(scenario: ScenarioName, options: RehearsalOptions): Promise<void> {
  const printed = await printedBy(scenario, options);
  expect(printed.alarms.length).toBeGreaterThan(0);
  for (const { name, evaluation, initial, changes } of printed.alarms) {
    expect({ name, ...recompute(printed, evaluation) }).toEqual({ name, initial, changes });
  }
}
