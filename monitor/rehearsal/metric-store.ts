import { z } from "zod";
import { parseJson } from "../../provider/deepseek/document.ts";
import type { AlarmDefinition } from "../alarms/catalog.ts";
import type { Gauge, MetricId } from "./timeline.ts";

/**
 * Minutes from the end of a minute until alarms see the gauges that were written in it. AWS guarantees no figure for metrics
 * that it extracts from logs. One minute agrees with the reports of real alarms: a datapoint of 06:56 was first evaluated at
 * 06:57:51.
 */
export const EMF_DELAY_MINUTES = 1;

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

/** The values of a metric in one minute. */
interface Minute {
  readonly minute: number;
  readonly values: number[];
}

/** All values by metric and minute, as CloudWatch stores them. */
export class MetricStore {
  readonly #minutes = new Map<string, Minute[]>();
  readonly #ids = new Map<string, MetricId>();

  /** @param minute the minute in which the sample's timestamp lies, counted from the rehearsal's beginning */
  add({ name, dimensions, values }: Sample, minute: number): void {
    const key = keyOf({ name, dimensions });
    this.#ids.set(key, { name, dimensions });
    const minutes = this.#minutes.get(key) ?? [];
    this.#minutes.set(key, minutes);
    const last = minutes.at(-1);
    if (last?.minute === minute) last.values.push(...values);
    else minutes.push({ minute, values: [...values] });
  }

  /** Returns all values from minute 0 on, by metric and minute. */
  gauges(): readonly Gauge[] {
    return [...this.#ids].map(([key, id]) => ({
      ...id,
      points: (this.#minutes.get(key) ?? [])
        .filter(({ minute }) => minute >= 0)
        .map(({ minute, values }) => ({
          minute,
          minimum: statistics.Minimum(values),
          maximum: statistics.Maximum(values),
          average: statistics.Average(values),
        })),
    }));
  }

  /** Returns the values of a metric so far, the oldest minute first. */
  of(id: MetricId): readonly Minute[] {
    return this.#minutes.get(keyOf(id)) ?? [];
  }
}

/**
 * Returns the statistic over the minutes from `from` (inclusive) to `to` (exclusive), of the values that alarms see at the
 * minute `seenAt`; `undefined` if there are none.
 */
export function statisticOf(
  written: readonly Minute[],
  statistic: AlarmDefinition["statistic"],
  { from, to, seenAt }: { readonly from: number; readonly to: number; readonly seenAt: number },
): number | undefined {
  const newest = Math.min(to - 1, seenAt - 1 - EMF_DELAY_MINUTES);
  // Searches from the end: an alarm looks at the newest minutes.
  const last = written.findLastIndex(({ minute }) => minute <= newest);
  const beforeFirst = written.findLastIndex(({ minute }) => minute < from);
  const values = written.slice(beforeFirst + 1, last + 1).flatMap((minute) => minute.values);
  return values.length === 0 ? undefined : statistics[statistic](values);
}

/** Returns the same text for the same metric, whatever the order of its dimensions. */
export function keyOf({ name, dimensions }: MetricId): string {
  return JSON.stringify([name, ...Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

const maximum = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value));
const minimum = (values: readonly number[]) => values.reduce((least, value) => Math.min(least, value));

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

const statistics: Readonly<Record<AlarmDefinition["statistic"], (values: readonly number[]) => number>> = {
  Maximum: maximum,
  Minimum: minimum,
  Average: (values) => total(values) / values.length,
  Sum: total,
  Range: (values) => maximum(values) - minimum(values),
};

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
