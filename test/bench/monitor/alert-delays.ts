import { rehearse, scenarioNames } from "../../../dist/monitor/rehearsal/index.js";
import type { Figure } from "../figure.ts";

/** Minutes until a gauge is visible and an alarm is evaluated, in addition to the alarm's periods. */
const MAX_DELAY_MINUTES = 2;

/** Minutes from the cause to the alert, for each alarm that has a cause in a scenario. */
export async function alertDelays(): Promise<readonly Figure[]> {
  const figures = new Map<string, Figure>();
  for (const scenario of scenarioNames) {
    const { messages, alarms } = await rehearse(scenario);
    for (const { alarm, kind, minutesAfterCause: ours } of messages) {
      const definition = alarms.find(({ name }) => name === alarm)?.definition;
      if (ours === undefined || definition === undefined) continue;
      if (ours <= (figures.get(kind)?.ours ?? -1)) continue;
      const minutes = (definition.datapointsToAlarm * definition.period) / 60;
      figures.set(kind, {
        topic: "from a cause to its alert",
        of: `${definition.title}, in '${scenario}'`,
        unit: "min",
        ours,
        beside: [{ name: "the alarm's periods alone", value: minutes }],
        limit: { kind: "value", most: minutes + MAX_DELAY_MINUTES },
      });
    }
  }
  return [...figures.values()];
}
