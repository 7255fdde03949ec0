import { alarmKinds, isOnBalance, isOnTopic } from "../../monitor/alarms/catalog.ts";
import type { AlarmsArgs } from "../../monitor/index.ts";

/** Settings that enable each alarm, with this threshold where it can be set. */
export function everyAlarm(threshold: number): AlarmsArgs {
  return Object.fromEntries(
    alarmKinds.map((kind) => {
      const limit = isOnBalance(kind) ? { USD: threshold } : threshold;
      return [kind, { enabled: true, ...(!isOnTopic(kind) && { threshold: limit }) }];
    }),
  );
}
