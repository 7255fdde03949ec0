import { effectiveAlarms } from "../alarms/plan.ts";
import { Detail, type Scope } from "../metrics.ts";
import { alarmName, endpointSubject, shardSubject } from "../names.ts";
import type { Shard } from "../shards.ts";
import { RehearsedAlarm, type Settings } from "./cloudwatch.ts";

/** The monitor's name in the rehearsal. */
export const MONITOR = "rehearsal";

/** The currency of the balance in alarms: the monitor's default. */
const CURRENCY = "USD";

/** What a rehearsed monitor watches. */
export interface Watched {
  /** The connections' names, shard by shard. */
  readonly shards: readonly Shard<string>[];
  readonly endpoint: string;
  readonly detail: Detail;
}

/** Every alarm that the monitor would deploy, subject by subject. */
export function deployedAlarms(
  watched: Watched,
  settings: Settings,
  intervalMinutes: number,
): readonly RehearsedAlarm[] {
  return subjectsOf(watched).flatMap(({ scope, subject, dimensions }) =>
    effectiveAlarms(scope, settings, intervalMinutes)
      // The accounts of a shard have balances of their own: their range would be the difference between two of them.
      .filter(({ kind }) => kind !== "balanceFallsFast" || watched.detail === Detail.Connection)
      .map((definition) => {
        const currency = definition.metric === "Balance" ? { Currency: CURRENCY } : {};
        const metric = { name: definition.metric, dimensions: { Monitor: MONITOR, ...dimensions, ...currency } };
        return new RehearsedAlarm(alarmName(MONITOR, subject, definition.title), definition, metric);
      }),
  );
}

interface Subject {
  readonly scope: Scope;
  /** As it stands in the alarms' names. */
  readonly subject: string | undefined;
  readonly dimensions: Readonly<Record<string, string>>;
}

function subjectsOf({ shards, endpoint, detail }: Watched): readonly Subject[] {
  const ofShards = (scope: Scope) =>
    shards.map(({ name }): Subject => ({ scope, subject: shardSubject(name), dimensions: { Shard: name } }));
  const ofConnections = () =>
    shards
      .flatMap(({ connections }) => connections)
      .map((name): Subject => ({ scope: "connection", subject: name, dimensions: { Connection: name } }));
  return [
    ...(detail === Detail.Fleet ? ofShards("connection") : ofConnections()),
    { scope: "endpoint", subject: endpointSubject(endpoint), dimensions: { Endpoint: endpoint } },
    ...ofShards("shard"),
    { scope: "monitor", subject: undefined, dimensions: {} },
  ];
}
