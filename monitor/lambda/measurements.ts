import {
  type Detail,
  type Dimension,
  dimensionsOf,
  type FlagName,
  type MetricName,
  metrics,
  NAMESPACE,
} from "../metrics.ts";
import type { BalanceLimits } from "./gauges.ts";
import { endpointFindings, gaugesByResult, type Values } from "./key-findings.ts";
import type { Probed, Result } from "./shard-probe.ts";
import { isLost, type TopicReading } from "./topic-problems.ts";

export interface Run {
  readonly monitor: string;
  readonly shard: string;
  readonly detail: Detail;
  /** The optional gauges to write. */
  readonly gauges: readonly MetricName[];
  /** The balance at which an account is low, by currency. */
  readonly lowBalance: BalanceLimits;
  /** Empty if the shard's secret could not be read. */
  readonly results: readonly Result[];
  /** The last readings of the monitor's topics. */
  readonly topics: readonly TopicReading[];
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
  const findings = endpointFindings(probed);
  const gauges = [...gaugesByResult(probed, findings, run.lowBalance)];
  return merged([
    ...gauges.flatMap(([result, own]) => ofConnection(run, result, own)),
    ...[...findings].flatMap(([Endpoint, { allKeysRejected }]) => {
      return allKeysRejected === undefined ? [] : [measure(run, "AllKeysRejected", allKeysRejected, { Endpoint })];
    }),
    ...gauges.flatMap(([result, own]) => ofEndpoint(run, result, own)),
    measure(run, "Probed", run.results.length === 0 ? 0 : probed.length / run.results.length),
    ...oldestKey(run, probed),
    ...ofTopics(run),
  ]);
}

/**
 * Formats a measurement in CloudWatch's embedded metric format (EMF), as one line of JSON. CloudWatch Logs extracts the metrics
 * from it, so the function needs neither a permission nor a call to write them.
 *
 * @param timestamp epoch milliseconds
 */
export function emfDocument({ dimensions, values }: Measurement, timestamp: number): string {
  const gauges = Object.entries(values) as [MetricName, readonly number[]][];
  const directive = {
    Namespace: NAMESPACE,
    Dimensions: [Object.keys(dimensions)],
    Metrics: gauges.map(([name]) => ({ Name: name, Unit: metrics[name].unit })),
  };
  return JSON.stringify({
    _aws: { Timestamp: timestamp, CloudWatchMetrics: [directive] },
    ...dimensions,
    ...Object.fromEntries(gauges.map(([name, samples]) => [name, samples.length === 1 ? samples[0] : samples])),
  });
}

function ofConnection(run: Run, { connection, balances }: Probed, own: Values): readonly Sample[] {
  const gauges = Object.entries(own) as [FlagName, readonly number[]][];
  const subject = { Connection: connection.name };
  return [
    ...gauges
      .filter(([name]) => metrics[name].scope === "connection" && isWanted(run, name))
      .flatMap(([name, values]) => weighted(run, values).map((value) => measure(run, name, value, subject))),
    ...(isWanted(run, "Balance")
      ? balances.map(({ currency, amount }) => measure(run, "Balance", amount, { ...subject, Currency: currency }))
      : []),
  ];
}

/**
 * In connection detail, each run counts the same in an average: a connection that represents others writes their mean, since it
 * writes a single value in a good run. In fleet detail, each connection of the shard counts the same: every value is written.
 */
function weighted({ detail }: Run, values: readonly number[]): readonly number[] {
  switch (detail) {
    case "connection":
      return [values.reduce((sum, value) => sum + value, 0) / values.length];
    case "fleet":
      return values;
  }
}

/** One value for each connection, so that the average is the share of failing connections. */
function ofEndpoint(run: Run, { connection, verdict, latencyMs }: Probed, own: Values): readonly Sample[] {
  const subject = { Endpoint: connection.baseUrl };
  // Only a successful call has a meaningful latency: an error can come fast, and a timeout measures our own deadline.
  const isLatency = verdict.kind === "valid" && latencyMs !== undefined && isWanted(run, "LatencyMs");
  return [
    ...(own.ServiceFailing ?? []).map((failing) => measure(run, "ServiceFailing", failing, subject)),
    ...(isLatency ? [measure(run, "LatencyMs", latencyMs, subject)] : []),
  ];
}

const DAY_MS = 24 * 60 * 60 * 1_000;

function oldestKey(run: Run, probed: readonly Probed[]): readonly Sample[] {
  const created = probed.flatMap(({ keyCreatedAt }) => keyCreatedAt?.getTime() ?? []);
  if (created.length === 0 || !isWanted(run, "OldestKeyAgeDays")) return [];
  return [measure(run, "OldestKeyAgeDays", Math.max(0, run.at - Math.min(...created)) / DAY_MS)];
}

/** A topic that was not read is left out. */
function ofTopics(run: Run): readonly Sample[] {
  if (!isWanted(run, "SubscriptionLost")) return [];
  return run.topics.flatMap((reading) => {
    const lost = isLost(reading);
    return lost === undefined ? [] : [measure(run, "SubscriptionLost", lost ? 1 : 0, { Topic: reading.topic })];
  });
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

/** Maximum number of values of a metric in one document. Source: CloudWatch, 'Specification: Embedded metric format'. */
const MAX_VALUES = 100;

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
