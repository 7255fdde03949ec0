import type { AlarmsArgs } from "../arguments.ts";
import { Detail, metricNames, metricOf } from "../metrics.ts";
import { SHARD_SIZE } from "../shards.ts";
import { alarmDefinitions, alarmKinds, gaugesRead, isEnabled, isPossible } from "./catalog.ts";

/** List prices of CloudWatch in US East, in US dollars a month. `npm run bench:cost` names their sources. */
const ALARM_PRICE = 0.1;
const METRIC_PRICE = { first: 0.3, firstMetrics: 10_000, more: 0.1 };

/**
 * Returns about how many US dollars a month the gauges and alarms of connections cost: those that `detail` decides about. Each
 * account has one currency.
 */
export function monthlyCost(connections: number, detail: Detail, alarms: AlarmsArgs, dashboard: boolean): number {
  const subjects = detail === Detail.Fleet ? Math.ceil(connections / SHARD_SIZE) : connections;
  const watched = alarmKinds
    .filter((kind) => isEnabled(kind, alarms) && isPossible(kind, detail))
    .map((kind) => alarmDefinitions[kind])
    .filter(({ metric }) => metricOf(metric).scope === "connection");
  // Maximum − Minimum reads two metrics.
  const read = watched.reduce((sum, { statistic }) => sum + (statistic === "Range" ? 2 : 1), 0);
  const wanted = gaugesRead(alarms, dashboard);
  const written = metricNames.filter((name) => {
    const { scope, optional } = metricOf(name);
    return scope === "connection" && (!optional || wanted.includes(name));
  });
  const metrics = subjects * written.length;
  const { first, firstMetrics, more } = METRIC_PRICE;
  const inFirstTier = Math.min(metrics, firstMetrics);
  return subjects * read * ALARM_PRICE + inFirstTier * first + (metrics - inFirstTier) * more;
}
