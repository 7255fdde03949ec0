import { z } from "zod";
import type { Gauge, Timeline } from "../../dist/monitor/rehearsal/index.js";
import { statisticAt } from "../../dist/monitor/rehearsal/metric-store.js";
import { FAINT, GRID, INK, line, round, shorten, text } from "../../dist/monitor/rehearsal/svg-elements.js";

// Lengths are in pixels.
export const PADDING = 14;
const LINES = ["#2563a8", "#c2410c", "#15803d", "#7c3aed"];

/** The drawn parts of a widget in a dashboard's body. */
export const widget = z.object({
  type: z.enum(["alarm", "text", "metric", "log"]),
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  properties: z.looseObject({
    title: z.string().optional(),
    markdown: z.string().optional(),
    query: z.string().optional(),
    metrics: z.array(z.array(z.object({ expression: z.string() }))).optional(),
    yAxis: z.object({ left: z.object({ max: z.number().optional() }) }).optional(),
  }),
});

export type Widget = z.output<typeof widget>;

/** The area in which a widget is drawn. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const drawnStatistic = z.enum(["Minimum", "Maximum", "Average"]);

/** The gauges that a search finds, and the drawn statistic of each. */
function found(
  expression: string,
  gauges: readonly Gauge[],
): readonly { gauge: Gauge; statistic: z.output<typeof drawnStatistic> }[] {
  const [, schema = "", name, statistic = ""] = /\{([^}]*)\} MetricName="(\w+)".*', '(\w+)'/.exec(expression) ?? [];
  const dimensions = schema.split(",").slice(1);
  return gauges
    .filter((gauge) => gauge.name === name && dimensions.every((dimension) => dimension in gauge.dimensions))
    .filter((gauge) => Object.keys(gauge.dimensions).length === dimensions.length)
    .map((gauge) => ({ gauge, statistic: drawnStatistic.parse(statistic) }));
}

/** Draws a graph as CloudWatch does, with the gauges of a rehearsal. */
export function drawGraph({ properties }: Widget, timeline: Timeline, box: Box): readonly string[] {
  const searches = (properties.metrics ?? []).flat().map(({ expression }) => expression);
  const series = searches
    .flatMap((expression) => found(expression, timeline.gauges))
    .map(({ gauge, statistic }) => ({
      gauge,
      points: gauge.points.map((point) => ({ minute: point.minute, value: statisticAt(statistic, point) })),
    }));
  const left = box.x + 44;
  const right = box.x + box.width - 2 * PADDING;
  const [top, bottom] = [box.y + 40, box.y + box.height - 46];
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  if (values.length === 0) {
    return [
      text(left, (top + bottom) / 2, "not in a rehearsal, whose clock stands still while an answer is awaited", {
        size: 12,
        colour: FAINT,
      }),
    ];
  }
  const most = properties.yAxis?.left.max ?? 1.2 * Math.max(...values);
  const x = (minute: number) => left + ((right - left) * minute) / timeline.minutes;
  const y = (value: number) => bottom - ((bottom - top) * value) / most;
  const ticks = Array.from({ length: Math.floor(timeline.minutes / 5) + 1 }, (_, index) => 5 * index);
  // Only informative lines; the others are on the axis or on top of each other.
  const drawn = series.filter(({ points }) => points.some(({ value }) => value > 0));
  const shown = drawn.slice(0, LINES.length);
  return [
    ...ticks.flatMap((minute) => [
      line(x(minute), top, x(minute), bottom, GRID),
      text(x(minute), bottom + 14, `${minute} min`, { anchor: "middle", colour: FAINT, size: 10 }),
    ]),
    line(left, y(0), right, y(0), GRID),
    ...[0, most].map((value) =>
      text(left - 6, y(value) + 4, shorten(value), { anchor: "end", colour: FAINT, size: 10 }),
    ),
    ...shown.map(({ points }, index) => {
      const path = points.map(({ minute, value }, at) => {
        const goesOn = points[at - 1]?.minute === minute - timeline.intervalMinutes;
        return `${goesOn ? "L" : "M"}${round(x(minute))} ${round(y(value))}H${round(x(minute + timeline.intervalMinutes))}`;
      });
      return `<path d="${path.join("")}" fill="none" stroke="${LINES[index]}" stroke-width="2"/>`;
    }),
    ...legend(
      shown.map(({ gauge }) => labelOf(gauge)),
      series.length - shown.length,
      left,
      bottom + 34,
    ),
  ];
}

function labelOf({ name, dimensions }: Gauge): string {
  const { Monitor: _, Shard: shard, ...others } = dimensions;
  const subject = shard === undefined ? Object.values(others).join(" ") : `shard-${shard}`;
  return `${name} ${subject.replace("https://", "")}`;
}

function legend(labels: readonly string[], quiet: number, x: number, y: number): readonly string[] {
  let at = x;
  const entries = labels.flatMap((label, index) => {
    const begin = at;
    at += 26 + 5.8 * label.length;
    return [line(begin, y - 4, begin + 14, y - 4, LINES[index] ?? INK), text(begin + 18, y, label, { size: 10 })];
  });
  return quiet === 0 ? entries : [...entries, text(at, y, `and ${quiet} at 0`, { size: 10, colour: FAINT })];
}
