import type { AlarmsArgs } from "../arguments.ts";
import type { Learnable, MetricName } from "../metrics.ts";
import {
  type AlarmDefinition,
  type AlarmKind,
  alarmDefinitions,
  alarmKinds,
  isEnabled,
  isOnBalance,
} from "./catalog.ts";

/** An alarm that cannot fire for some connections. */
export interface UnreachableAlarm {
  readonly kind: AlarmKind;
  /** The names of the connections that can never trigger it. */
  readonly connections: readonly string[];
  /** Why, as the end of a sentence. */
  readonly reason: string;
  /** Whether the user has set this alarm, rather than having it by default. */
  readonly isConfigured: boolean;
}

/**
 * Returns the enabled alarms that some connections can never trigger, in the order of the definitions, once for each reason.
 *
 * @param learnable what the deployment's test runs reported, by the connection's name
 */
export function unreachableAlarms(
  learnable: Readonly<Record<string, Learnable>>,
  alarms: AlarmsArgs,
): readonly UnreachableAlarm[] {
  return alarmKinds.flatMap((kind) => {
    if (!isEnabled(kind, alarms)) return [];
    const reasons = Object.entries(learnable).flatMap(([name, one]) => {
      const reason = reasonAgainst(kind, one, alarms);
      return reason === undefined ? [] : [{ name, reason }];
    });
    return [...Map.groupBy(reasons, ({ reason }) => reason)].map(([reason, members]) => ({
      kind,
      connections: members.map(({ name }) => name),
      reason,
      isConfigured: alarms[kind] !== undefined,
    }));
  });
}

function reasonAgainst(kind: AlarmKind, { never, currencies }: Learnable, alarms: AlarmsArgs): string | undefined {
  const { metric }: AlarmDefinition = alarmDefinitions[kind];
  if (isOnBalance(kind) && currencies !== undefined) {
    if (currencies.length === 0) return "the service reported no balance";
    const isLimited =
      kind === "lowBalance"
        ? !never.includes(metric)
        : currencies.some((currency) => Object.hasOwn({ ...alarms[kind]?.threshold }, currency));
    return isLimited ? undefined : `the balance is in ${currencies.join(" and ")}, for which there is no threshold`;
  }
  return never.includes(metric) ? reasons[metric] : undefined;
}

/** Why no run can learn a gauge. */
const reasons: Readonly<Partial<Record<MetricName, string>>> = {
  AllKeysRejected: "no two keys of its base URL can be found rejected in the same run",
  KeyRejected: "without a test call, nothing proves the key there",
  Unfunded: "without a test call, only a balance would show it, and the service reported none",
  LatencyMs: "without a test call, nothing proves that a call succeeded there",
};
