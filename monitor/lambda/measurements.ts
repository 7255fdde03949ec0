import { Metrics } from "@aws-lambda-powertools/metrics";
import {
  type Detail,
  type Dimension,
  dimensionsOf,
  type FlagName,
  type MetricName,
  metrics,
  NAMESPACE,
} from "../metrics.ts";
import type { Probed, Result } from "./shard-probe.ts";

export interface Run {
  readonly monitor: string;
  readonly shard: string;
  readonly detail: Detail;
  /** The optional gauges to write. */
  readonly gauges: readonly MetricName[];
  readonly results: readonly Result[];
  /** When the run began, in epoch milliseconds. */
  readonly at: number;
}

/** The content of one document: metrics with the same dimensions, and their values. */
export interface Measurement {
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  readonly values: Readonly<Partial<Record<MetricName, readonly number[]>>>;
}

/**
 * Returns everything that a run measured, one measurement for each document. Values with the same dimensions share a document,
 * since CloudWatch Logs charges by volume: there is one line for each connection or, in fleet detail, for each shard.
 */
export function measurementsOf(run: Run): readonly Measurement[] {
  const probed = run.results.filter((result) => result.type === "probed");
  return merged([
    ...probed.flatMap((result) => ofConnection(run, result)),
    ...probed.flatMap((result) => ofEndpoint(run, result)),
    measure(run, "Probed", probed.length / run.results.length),
    ...oldestKey(run, probed),
  ]);
}

/** The gauges that a verdict sets, 0 or 1. An absent gauge is not written, because the probe did not learn its value. */
export type Gauges = Readonly<Partial<Record<FlagName, 0 | 1>>>;

/** Returns the gauges that a verdict sets. An outage proves nothing about the key, so it leaves the gauges of the key out. */
export function gaugesOf({ verdict, provesKey }: Pick<Probed, "verdict" | "provesKey">): Gauges {
  const accepted = provesKey ? { KeyRejected: 0 as const } : {};
  switch (verdict.kind) {
    case "valid":
      return { ...accepted, Unfunded: 0, Misconfigured: 0, RateLimited: 0, ServiceFailing: 0 };
    case "unfunded":
      return { ...accepted, Unfunded: 1, RateLimited: 0, ServiceFailing: 0 };
    case "invalid":
      return { KeyRejected: 1, ServiceFailing: 0 };
    case "misconfigured":
      // A test call is made only after the service has answered the list of models, so the service is up.
      return verdict.call === "chat"
        ? { ...accepted, Misconfigured: 1, RateLimited: 0, ServiceFailing: 0 }
        : { Misconfigured: 1 };
    case "unverified":
      // The service answered, which says nothing about the key.
      return { RateLimited: 0, ServiceFailing: 0 };
    case "indeterminate":
      // HTTP 429 is the account's limit, not an outage.
      return verdict.httpStatus === 429 ? { RateLimited: 1 } : { ServiceFailing: 1 };
  }
}

/** Powertools warns about timestamps that are far from now, as those of a rehearsal's simulated clock are. */
const ignore = () => {};
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore, trace: ignore, critical: ignore };

const builder = new Metrics({ namespace: NAMESPACE, logger: silent });

/**
 * Formats a measurement in CloudWatch's embedded metric format (EMF), as one line of JSON. CloudWatch Logs extracts the metrics
 * from it, so the function needs neither a permission nor a call to write them.
 *
 * @param timestamp epoch milliseconds
 */
export function emfDocument({ dimensions, values }: Measurement, timestamp: number): string {
  // The library's default dimension `service` would create metrics that no alarm reads.
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

function ofConnection(run: Run, probed: Probed): readonly Sample[] {
  const { connection, balances } = probed;
  const gauges = Object.entries(gaugesOf(probed)) as [FlagName, number][];
  const subject = { Connection: connection.name };
  return [
    ...gauges
      .filter(([name]) => metrics[name].scope === "connection" && isWanted(run, name))
      .map(([name, value]) => measure(run, name, value, subject)),
    ...(isWanted(run, "Balance")
      ? balances.map(({ currency, amount }) => measure(run, "Balance", amount, { ...subject, Currency: currency }))
      : []),
  ];
}

/** One value for each connection, so that the average is the share of failing connections. */
function ofEndpoint(run: Run, probed: Probed): readonly Sample[] {
  const { connection, verdict, latencyMs } = probed;
  const failing = gaugesOf(probed).ServiceFailing;
  const subject = { Endpoint: connection.baseUrl };
  // Only a successful call has a meaningful latency: an error can come fast, and a timeout measures our own deadline.
  const isLatency = verdict.kind === "valid" && latencyMs !== undefined && isWanted(run, "LatencyMs");
  return [
    ...(failing === undefined ? [] : [measure(run, "ServiceFailing", failing, subject)]),
    ...(isLatency ? [measure(run, "LatencyMs", latencyMs, subject)] : []),
  ];
}

const DAY_MS = 24 * 60 * 60 * 1_000;

function oldestKey(run: Run, probed: readonly Probed[]): readonly Sample[] {
  const created = probed.flatMap(({ keyCreatedAt }) => keyCreatedAt?.getTime() ?? []);
  if (created.length === 0 || !isWanted(run, "OldestKeyAgeDays")) return [];
  return [measure(run, "OldestKeyAgeDays", Math.max(0, run.at - Math.min(...created)) / DAY_MS)];
}

function isWanted(run: Run, name: MetricName): boolean {
  return !metrics[name].optional || run.gauges.includes(name);
}

/** One value of one metric. */
interface Sample {
  readonly name: MetricName;
  readonly value: number;
  readonly dimensions: Measurement["dimensions"];
}

function measure(run: Run, name: MetricName, value: number, values: Measurement["dimensions"] = {}): Sample {
  const known: Measurement["dimensions"] = { Monitor: run.monitor, Shard: run.shard, ...values };
  const names = dimensionsOf(name, run.detail);
  return { name, value, dimensions: Object.fromEntries(names.map((dimension) => [dimension, known[dimension]])) };
}

interface Group extends Measurement {
  readonly values: Partial<Record<MetricName, number[]>>;
}

/**
 * Maximum number of values of a metric in one document. CloudWatch accepts 100, but at 100 the library prints on its own.
 * Source: CloudWatch, 'Specification: Embedded metric format'.
 */
const MAX_VALUES = 50;

/** Groups samples with the same dimensions, in order of first appearance, up to the maximum for one document. */
function merged(samples: readonly Sample[]): readonly Measurement[] {
  const all: Group[] = [];
  const unfilled = new Map<string, Group>();
  for (const { name, value, dimensions } of samples) {
    const id = JSON.stringify(dimensions);
    let group = unfilled.get(id);
    if (group === undefined || group.values[name]?.length === MAX_VALUES) {
      group = { dimensions, values: {} };
      unfilled.set(id, group);
      all.push(group);
    }
    group.values[name] = [...(group.values[name] ?? []), value];
  }
  return all;
}
