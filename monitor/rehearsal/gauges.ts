import { z } from "zod";
import { parseJson } from "../../provider/deepseek/replies.ts";

/** One metric with its dimensions, as CloudWatch tells it from all others. */
export interface MetricId {
  /** The metric's name, such as `KeyRejected`. */
  readonly name: string;
  /** Each dimension's value by its name. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/** The same text for the same metric, whatever the order of its dimensions. */
export function keyOf({ name, dimensions }: MetricId): string {
  return JSON.stringify([name, ...Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

/** The values of one metric that one log line carries. */
export interface Sample extends MetricId {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly values: readonly number[];
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

/**
 * Reads one printed line as CloudWatch does: the metrics of a namespace in an EMF document, nothing from any other line. What
 * the document announces and does not hold is left out.
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
