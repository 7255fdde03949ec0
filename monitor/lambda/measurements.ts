import { Metrics } from "@aws-lambda-powertools/metrics";
import type { Verdict } from "../../provider/deepseek/verdict.ts";
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
  /** The optional gauges that are written. */
  readonly gauges: readonly MetricName[];
  readonly results: readonly Result[];
  /** When the run began, epoch milliseconds. */
  readonly at: number;
}

/** What one document says: each metric's values under the same dimensions. */
export interface Measurement {
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  readonly values: Readonly<Partial<Record<MetricName, readonly number[]>>>;
}

/**
 * Everything that a run measured, one measurement a document. What has the same dimensions is in one: a line for each
 * connection, and in fleet detail one for all of a shard, since CloudWatch Logs charges by volume.
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

/** The gauges that a verdict sets, 0 or 1. What is absent was not learned and is not written. */
export type Gauges = Readonly<Partial<Record<FlagName, 0 | 1>>>;

/** What a probe with this verdict learned: one table. A fault says nothing about a key, so it writes nothing there. */
export function gaugesOf(verdict: Verdict): Gauges {
  switch (verdict.kind) {
    case "valid":
      return { KeyRejected: 0, Unfunded: 0, Misconfigured: 0, RateLimited: 0, ServiceFailing: 0 };
    case "unfunded":
      return { KeyRejected: 0, Unfunded: 1, RateLimited: 0, ServiceFailing: 0 };
    case "invalid":
      return { KeyRejected: 1, ServiceFailing: 0 };
    case "misconfigured":
      // Before the test call the service has listed its models, so the key works and the service answers.
      return verdict.call === "chat"
        ? { KeyRejected: 0, Misconfigured: 1, RateLimited: 0, ServiceFailing: 0 }
        : { Misconfigured: 1 };
    case "indeterminate":
      // The account's limit, not an outage.
      return verdict.httpStatus === 429 ? { RateLimited: 1 } : { ServiceFailing: 1 };
  }
}

/** Powertools warns of times that are not near to now; a rehearsal's clock is simulated. */
const ignore = () => {};
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore, trace: ignore, critical: ignore };

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

function ofConnection(run: Run, { connection, verdict, balances }: Probed): readonly Sample[] {
  const gauges = Object.entries(gaugesOf(verdict)) as [FlagName, number][];
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

/** One value a connection, so that the average is the share of connections that fail. */
function ofEndpoint(run: Run, { connection, verdict, latencyMs }: Probed): readonly Sample[] {
  const failing = gaugesOf(verdict).ServiceFailing;
  const subject = { Endpoint: connection.baseUrl };
  // Only an answer has a latency: an error comes fast, and a deadline is no duration of the service's.
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
 * Most values of a metric in one document. CloudWatch takes 100; at 100 the library prints what it has by itself.
 * Source: CloudWatch, 'Specification: Embedded metric format'.
 */
const MAX_VALUES = 50;

/** Puts samples of the same dimensions together, in the order of their first ones, as many as a document may hold. */
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
