import type { AlarmKind } from "./alarms/definitions.ts";
import { type AlarmSettings, effectiveAlarms } from "./alarms/settings.ts";
import { type MetricName, metricNames, metrics, type Scope } from "./metrics.ts";

/** The optional gauges that the dashboard draws. */
const DRAWN: readonly MetricName[] = ["Balance", "LatencyMs"];

const scopes: readonly Scope[] = ["connection", "endpoint", "shard", "monitor"];

/** The optional gauges that somebody reads, an alarm or the dashboard: the others would cost money for nothing. */
export function gaugesRead(
  settings: Readonly<Partial<Record<AlarmKind, AlarmSettings | undefined>>>,
  dashboard: boolean,
): readonly MetricName[] {
  const read = new Set<MetricName>(dashboard ? DRAWN : []);
  for (const scope of scopes) for (const { metric } of effectiveAlarms(scope, settings, 1)) read.add(metric);
  return metricNames.filter((name) => metrics[name].optional && read.has(name));
}
