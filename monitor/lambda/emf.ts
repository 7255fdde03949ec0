import { Metrics } from "@aws-lambda-powertools/metrics";
import { type Dimension, type MetricName, metrics, NAMESPACE } from "../metrics.ts";

/** What one document says: each metric's values under the same dimensions. */
export interface Measurement {
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  readonly values: Readonly<Partial<Record<MetricName, readonly number[]>>>;
}

/**
 * Most values of a metric in one document. CloudWatch takes 100; at 100 the library prints what it has by itself.
 * Source: CloudWatch, 'Specification: Embedded metric format'.
 */
export const MAX_VALUES = 50;

/** Powertools warns of times that are not near to now; a rehearsal's clock is simulated. */
const silent = { debug() {}, info() {}, warn() {}, error() {}, trace() {}, critical() {} };

const builder = new Metrics({ namespace: NAMESPACE, logger: silent });

/**
 * A measurement in CloudWatch's embedded metric format, one line of JSON: CloudWatch Logs makes metrics of it, so the
 * function needs no permission and no call for them.
 *
 * @param timestamp epoch milliseconds
 */
export function emfDocument({ dimensions, values }: Measurement, timestamp: number): string {
  // The library's own dimension `service` would make metrics that no alarm reads.
  builder.clearDefaultDimensions();
  builder.addDimensions({ ...dimensions });
  builder.setTimestamp(timestamp);
  for (const [name, samples] of Object.entries(values) as [MetricName, readonly number[]][]) {
    for (const sample of samples) builder.addMetric(name, metrics[name].unit, sample);
  }
  const document = JSON.stringify(builder.serializeMetrics());
  builder.clearMetrics();
  builder.clearDimensions();
  return document;
}
