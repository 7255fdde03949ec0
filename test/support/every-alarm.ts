import { alarmKinds, isOnBalance } from "../../monitor/alarms/catalog.ts";
import type { AlarmsArgs } from "../../monitor/index.ts";

/** Settings that enable each alarm, with this threshold. */
export function everyAlarm(threshold: number): AlarmsArgs {
  return Object.fromEntries(
    alarmKinds.map((kind) => [kind, { enabled: true, threshold: isOnBalance(kind) ? { USD: threshold } : threshold }]),
  );
}
