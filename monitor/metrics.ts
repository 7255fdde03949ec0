/** What a gauge is about: one connection, one endpoint (base URL), one shard, or the whole monitor. */
export type Scope = "connection" | "endpoint" | "shard" | "monitor";

export type Dimension = "Monitor" | "Connection" | "Endpoint" | "Shard" | "Currency";

/** How fine the gauges, alarms and secrets are. @enum */
export const Detail = {
  /** Each connection has its own. */
  Connection: "connection",
  /** Those of a shard, up to 50 connections, share them, and the log names the connection. */
  Fleet: "fleet",
} as const;
export type Detail = (typeof Detail)[keyof typeof Detail];

/** Above it a fleet's gauges and alarms are kept by shard: one by one they cost $1.40 a connection and month. */
const MAX_SINGLE_CONNECTIONS = 200;

/** How fine gauges, alarms and secrets are unless the user says otherwise. */
export function usualDetail(connections: number): Detail {
  return connections > MAX_SINGLE_CONNECTIONS ? Detail.Fleet : Detail.Connection;
}

type Statistic = "Minimum" | "Maximum" | "Average";

interface Metric {
  readonly scope: Scope;
  /** A flag is 0 or 1, so that its average is a share; a share is from 0 to 1; an amount is any number from 0 on. */
  readonly kind: "flag" | "share" | "amount";
  /** As CloudWatch and EMF name it. */
  readonly unit: "Count" | "Milliseconds" | "None";
  /** Whether it is written only when an alarm or the dashboard reads it: each metric costs $0.30 a month. */
  readonly optional: boolean;
  /** The graph of the dashboard that draws it; absent: none does. Gauges of one title share a graph. */
  readonly graph?: { readonly title: string; readonly statistic: Statistic };
  /** Whether it is written by currency too. */
  readonly byCurrency?: true;
  /** One line for a person. */
  readonly meaning: string;
}

export const NAMESPACE = "DeepSeekMonitor";

const healthGraph = { title: "Keys, money, configuration (1: something is wrong)", statistic: "Maximum" } as const;

/**
 * Every gauge: the one table that Lambda, alarms and dashboard share, in the order in which the dashboard draws them. A gauge
 * is written only when the probe learned it, so a fault never looks like a recovery.
 */
export const metrics = {
  KeyRejected: {
    scope: "connection",
    kind: "flag",
    unit: "Count",
    optional: false,
    graph: healthGraph,
    meaning: "1: the key is rejected; 0: it works",
  },
  Unfunded: {
    scope: "connection",
    kind: "flag",
    unit: "Count",
    optional: false,
    graph: healthGraph,
    meaning: "1: the account has insufficient balance; 0: it has enough",
  },
  Misconfigured: {
    scope: "connection",
    kind: "flag",
    unit: "Count",
    optional: false,
    graph: healthGraph,
    meaning: "1: the service refuses the model or the address; 0: it takes them",
  },
  ServiceFailing: {
    scope: "endpoint",
    kind: "flag",
    unit: "Count",
    optional: false,
    graph: { title: "Share of failed probes by base URL", statistic: "Average" },
    meaning: "1: the service does not answer as it should; 0: it does",
  },
  LatencyMs: {
    scope: "endpoint",
    kind: "amount",
    unit: "Milliseconds",
    optional: true,
    graph: { title: "Latency in ms by base URL", statistic: "Average" },
    meaning: "the duration of the test call, or of the list of models where none is made",
  },
  RateLimited: {
    scope: "connection",
    kind: "flag",
    unit: "Count",
    optional: true,
    meaning: "1: the account's limit is reached; 0: it is not",
  },
  Balance: {
    scope: "connection",
    kind: "amount",
    unit: "None",
    optional: true,
    graph: { title: "Balance", statistic: "Minimum" },
    byCurrency: true,
    meaning: "the account's balance",
  },
  Probed: {
    scope: "shard",
    kind: "share",
    unit: "None",
    optional: false,
    graph: { title: "Share of connections that were probed", statistic: "Minimum" },
    meaning: "connections that were probed ÷ connections expected",
  },
  OldestKeyAgeDays: {
    scope: "monitor",
    kind: "amount",
    unit: "None",
    optional: true,
    meaning: "days since the oldest key was stored",
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

/** The gauges that are 0 or 1. */
export type FlagName = {
  [Name in MetricName]: (typeof metrics)[Name]["kind"] extends "flag" ? Name : never;
}[MetricName];

export const metricNames = Object.keys(metrics) as readonly MetricName[];

/** What the table says of a gauge. */
export function metricOf(name: MetricName): Metric {
  return metrics[name];
}

/** Whether a gauge's values, or their averages, lie between 0 and 1. */
export function isShare(name: MetricName): boolean {
  return metricOf(name).kind !== "amount";
}

/** A graph of the dashboard. */
export interface Graph {
  readonly title: string;
  readonly lines: readonly { readonly metric: MetricName; readonly statistic: Statistic }[];
}

/** The graphs of the dashboard, in their order. */
export const graphs: readonly Graph[] = [
  ...Map.groupBy(
    metricNames.flatMap((metric) => {
      const { graph } = metricOf(metric);
      return graph === undefined ? [] : [{ ...graph, metric }];
    }),
    ({ title }) => title,
  ),
].map(([title, lines]) => ({ title, lines: lines.map(({ metric, statistic }) => ({ metric, statistic })) }));

/** The dimensions under which a gauge is written. */
export function dimensionsOf(metric: MetricName, detail: Detail): readonly Dimension[] {
  const { scope, byCurrency } = metricOf(metric);
  const currency: readonly Dimension[] = byCurrency ? ["Currency"] : [];
  switch (scope) {
    case "connection":
      return ["Monitor", detail === Detail.Fleet ? "Shard" : "Connection", ...currency];
    case "endpoint":
      return ["Monitor", "Endpoint", ...currency];
    case "shard":
      return ["Monitor", "Shard", ...currency];
    case "monitor":
      return ["Monitor", ...currency];
  }
}
