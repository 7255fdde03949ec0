import { type Detail, dimensionsOf, type MetricName, metrics } from "../metrics.ts";
import { MAX_VALUES, type Measurement } from "./emf.ts";
import { type Gauges, gaugesOf } from "./gauges.ts";
import type { Probed, Result } from "./result.ts";

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

const DAY_MS = 24 * 60 * 60 * 1_000;

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

function ofConnection(run: Run, { connection, verdict, balances }: Probed): readonly Sample[] {
  const gauges = Object.entries(gaugesOf(verdict)) as [keyof Gauges, number][];
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

function oldestKey(run: Run, probed: readonly Probed[]): readonly Sample[] {
  const created = probed.flatMap(({ keyCreatedAt }) => keyCreatedAt?.getTime() ?? []);
  if (created.length === 0 || !isWanted(run, "OldestKeyAgeDays")) return [];
  return [measure(run, "OldestKeyAgeDays", Math.max(0, run.at - Math.min(...created)) / DAY_MS)];
}

function isWanted(run: Run, name: MetricName): boolean {
  return !metrics[name].optional || run.gauges.includes(name);
}

type Subject = Measurement["dimensions"];

/** One value of one metric. */
interface Sample {
  readonly name: MetricName;
  readonly value: number;
  readonly dimensions: Subject;
}

function measure(run: Run, name: MetricName, value: number, subject: Subject = {}): Sample {
  const known: Subject = { Monitor: run.monitor, Shard: run.shard, ...subject };
  const names = dimensionsOf(name, run.detail);
  return { name, value, dimensions: Object.fromEntries(names.map((dimension) => [dimension, known[dimension]])) };
}

interface Group extends Measurement {
  readonly values: Partial<Record<MetricName, number[]>>;
}

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
