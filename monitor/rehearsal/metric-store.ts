import { z } from "zod";
import { parseJson } from "../../provider/deepseek/document.ts";
import type { AlarmDefinition } from "../alarms/catalog.ts";
import type { Gauge, GaugePoint, MetricId } from "./timeline.ts";

/**
 * Minutes from the end of a minute until alarms see the gauges that were written in it. AWS guarantees no figure for metrics
 * that it extracts from logs. One minute agrees with the reports of real alarms: a datapoint of 06:56 was first evaluated at
 * 06:57:51.
 */
export const EMF_DELAY_MINUTES = 1;

type Statistic = AlarmDefinition["statistic"];

/** The values of one metric in one log line. */
export interface Sample extends MetricId {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly values: readonly number[];
}

/**
 * Reads one printed line as CloudWatch does: the metrics of a namespace from an EMF document, nothing from any other line.
 * Metrics and dimensions that the document announces but does not contain are left out.
 */
export function readSamples(line: string, namespace: string): readonly Sample[] {
  const document = emfDocument.safeParse(parseJson(line)).data;
  if (document === undefined) return [];
  const { Timestamp: timestamp, CloudWatchMetrics: directives } = document._aws;
  return directives
    .filter((directive) => directive.Namespace === namespace)
    .flatMap(({ Dimensions, Metrics }) =>
      Dimensions.flatMap((names) => {
        const values = names.map((name) => dimensionValue.safeParse(document[name]).data);
        if (values.includes(undefined)) return [];
        const dimensions = Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
        return Metrics.flatMap(({ Name }) => {
          const read = metricValues.safeParse(document[Name]).data;
          return read === undefined ? [] : [{ name: Name, dimensions, timestamp, values: read }];
        });
      }),
    );
}

/** All values by metric and minute, as CloudWatch stores them. */
export class MetricStore {
  readonly #minutes = new Map<string, GaugePoint[]>();
  readonly #ids = new Map<string, MetricId>();

  /** @param minute the minute in which the sample's timestamp lies, counted from the rehearsal's beginning */
  add({ name, dimensions, values }: Sample, minute: number): void {
    const key = keyOf({ name, dimensions });
    this.#ids.set(key, { name, dimensions });
    const minutes = this.#minutes.get(key) ?? [];
    this.#minutes.set(key, minutes);
    for (const value of values) {
      const point = { minute, minimum: value, maximum: value, sum: value, sampleCount: 1 };
      const last = minutes.at(-1);
      if (last?.minute === minute) minutes[minutes.length - 1] = together(last, point);
      else minutes.push(point);
    }
  }

  /** Returns all values, by metric and minute. */
  gauges(): readonly Gauge[] {
    return [...this.#ids].map(([key, id]) => ({ ...id, points: this.#minutes.get(key) ?? [] }));
  }

  /** Returns the values of a metric so far, the oldest minute first. */
  of(id: MetricId): readonly GaugePoint[] {
    return this.#minutes.get(keyOf(id)) ?? [];
  }
}

/**
 * Returns the statistic over the minutes from `from` (inclusive) to `to` (exclusive), of the values that alarms see at the
 * minute `seenAt`; `undefined` if there are none.
 */
export function statisticOf(
  written: readonly GaugePoint[],
  statistic: Statistic,
  { from, to, seenAt }: { readonly from: number; readonly to: number; readonly seenAt: number },
): number | undefined {
  const newest = Math.min(to - 1, seenAt - 1 - EMF_DELAY_MINUTES);
  // Searches from the end: an alarm looks at the newest minutes.
  const last = written.findLastIndex(({ minute }) => minute <= newest);
  const beforeFirst = written.findLastIndex(({ minute }) => minute < from);
  const points = written.slice(beforeFirst + 1, last + 1);
  return points.length === 0 ? undefined : statisticAt(statistic, points.reduce(together));
}

/** Returns a statistic of the values that a point stands for. */
export function statisticAt(statistic: Statistic, { minimum, maximum, sum, sampleCount }: GaugePoint): number {
  switch (statistic) {
    case "Minimum":
      return minimum;
    case "Maximum":
      return maximum;
    case "Average":
      return sum / sampleCount;
    case "Sum":
      return sum;
    case "Range":
      return maximum - minimum;
  }
}

/** All values of two points, in the minute of the first. */
function together(a: GaugePoint, b: GaugePoint): GaugePoint {
  return {
    minute: a.minute,
    minimum: Math.min(a.minimum, b.minimum),
    maximum: Math.max(a.maximum, b.maximum),
    sum: a.sum + b.sum,
    sampleCount: a.sampleCount + b.sampleCount,
  };
}

/** Returns the same text for the same metric, whatever the order of its dimensions. */
export function keyOf({ name, dimensions }: MetricId): string {
  return JSON.stringify([name, ...Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

/**
 * The part of the embedded metric format that CloudWatch reads. Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const emfDocument = z.looseObject({
  _aws: z.looseObject({
    Timestamp: z.int(),
    CloudWatchMetrics: z.array(
      z.looseObject({
        Namespace: z.string().min(1).max(1024),
        Dimensions: z.array(z.array(z.string().min(1)).max(30)),
        Metrics: z.array(z.looseObject({ Name: z.string().min(1).max(1024), Unit: z.string().optional() })).max(100),
      }),
    ),
  }),
});

const metricValues = z.union([z.number().transform((value) => [value]), z.array(z.number()).min(1).max(100)]);
const dimensionValue = z.string().min(1).max(1024);
