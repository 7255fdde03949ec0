import { rehearse, scenarioNames } from "../../../dist/monitor/rehearsal/index.js";
import type { Figure } from "../figure.ts";

/** Minutes that a gauge takes to count, and an alarm to be evaluated, beyond its periods. */
const MAX_DELAY_MINUTES = 2;

/** Minutes from the cause to the message, for each alarm that a rehearsed scenario has a cause for. */
export async function telling(): Promise<readonly Figure[]> {
  const figures = new Map<string, Figure>();
  for (const scenario of scenarioNames) {
    const { messages, alarms } = await rehearse(scenario);
    for (const { alarm, kind, minutesAfterCause: ours } of messages) {
      const definition = alarms.find(({ name }) => name === alarm)?.definition;
      if (ours === undefined || definition === undefined) continue;
      if (ours <= (figures.get(kind)?.ours ?? -1)) continue;
      const minutes = (definition.datapointsToAlarm * definition.period) / 60;
      figures.set(kind, {
        topic: "from a cause to its message",
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
