import { keyOf, type MetricId } from "./gauges.ts";
import type { AlarmTrack, Gauge, GaugePoint, Timeline } from "./timeline.ts";

/** One gauge with the alarms that watch it: a strip of the drawing. */
export interface Lane {
  readonly metric: MetricId;
  readonly points: readonly GaugePoint[];
  /** Which of a point's values is drawn: the one that the alarms look at. */
  readonly value: "minimum" | "maximum" | "average";
  readonly alarms: readonly AlarmTrack[];
}

/** Most lanes of a drawing: more are not legible. */
const MAX_LANES = 12;

/**
 * The lanes worth drawing: those in which an alarm rings, or each kind of gauge once if none does.
 */
export function lanesOf({ alarms, gauges, messages }: Timeline): readonly Lane[] {
  const loud = new Set(messages.map(({ alarm }) => alarm));
  const lanes = [...Map.groupBy(alarms, ({ metric }) => keyOf(metric)).values()].map((watching) =>
    lane(watching, gauges),
  );
  const ringing = lanes.filter((lane) => lane.alarms.some(({ name }) => loud.has(name)));
  const names = new Set<string>();
  const oneOfEach = lanes.filter(({ metric }) => !names.has(metric.name) && names.add(metric.name));
  return (ringing.length > 0 ? ringing : oneOfEach).slice(0, MAX_LANES);
}

function lane(alarms: readonly AlarmTrack[], gauges: readonly Gauge[]): Lane {
  const [first] = alarms;
  if (first === undefined) throw new Error("A lane needs an alarm.");
  const key = keyOf(first.metric);
  const points = gauges.find((gauge) => keyOf(gauge) === key)?.points ?? [];
  return { metric: first.metric, points, value: drawnValue(first), alarms };
}

function drawnValue({ definition }: AlarmTrack): Lane["value"] {
  switch (definition.statistic) {
    case "Minimum":
      return "minimum";
    case "Average":
      return "average";
    case "Maximum":
    case "Range":
      return "maximum";
  }
}
