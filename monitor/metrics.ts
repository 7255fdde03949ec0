/** What a gauge is about: one connection, one endpoint (base URL), one shard, or the whole monitor. */
export type Scope = "connection" | "endpoint" | "shard" | "monitor";

export type Dimension = "Monitor" | "Connection" | "Endpoint" | "Shard" | "Currency";

/** Whether each connection or each shard has its own gauges and alarms. @enum */
export const Detail = {
  /** Each connection has its own. */
  Connection: "connection",
  /** The connections of a shard, up to 50, share them; the log names the connection. */
  Fleet: "fleet",
} as const;
export type Detail = (typeof Detail)[keyof typeof Detail];

/** Up to this number of connections, each has its own gauges and alarms unless the user chooses otherwise. */
export const MAX_SINGLE_CONNECTIONS = 200;

type Statistic = "Minimum" | "Maximum" | "Average";

interface Metric {
  readonly scope: Scope;
  /** A flag is 0 or 1, so its average is a share. A share is between 0 and 1. An amount is any number from 0. */
  readonly kind: "flag" | "share" | "amount";
  /** The unit, as CloudWatch and EMF name it. */
  readonly unit: "Count" | "Milliseconds" | "None";
  /** Whether it is written only if an alarm or the dashboard reads it, since each metric costs $0.30 a month. */
  readonly optional: boolean;
  /** The graph of the dashboard that shows it, if any. Gauges with the same title share a graph. */
  readonly graph?: { readonly title: string; readonly statistic: Statistic };
  /** Whether it has the dimension `Currency` as well. */
  readonly byCurrency?: true;
  /** One line for people. */
  readonly meaning: string;
}

export const NAMESPACE = "DeepSeekMonitor";

const healthGraph = { title: "Key, balance, configuration (0: healthy, 1: failing)", statistic: "Maximum" } as const;

/**
 * Every gauge, in the order of the dashboard's graphs. Lambda, alarms and dashboard share this table. A gauge is written only
 * if the probe learned its value, so an outage never looks like a recovery.
 */
export const metrics = {
  KeyRejected: {
    scope: "connection",
    kind: "flag",
    unit: "Count",
    optional: false,
    graph: healthGraph,
    meaning: "1: the key is rejected; 0: the probe proved that it works",
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
    meaning: "1: the service refuses the model or the address; 0: it accepts them",
  },
  AllKeysRejected: {
    scope: "endpoint",
    kind: "flag",
    unit: "Count",
    optional: false,
    graph: healthGraph,
    meaning: "1: the service rejects two or more different keys and accepts none; 0: it accepts one",
  },
  ServiceFailing: {
    scope: "endpoint",
    kind: "flag",
    unit: "Count",
    optional: false,
    graph: { title: "Share of failed probes by base URL", statistic: "Average" },
    meaning: "1: the service fails; 0: it answers correctly",
  },
  LatencyMs: {
    scope: "endpoint",
    kind: "amount",
    unit: "Milliseconds",
    optional: true,
    graph: { title: "Latency in ms by base URL", statistic: "Average" },
    meaning: "the duration of the test call or, without a test call, of listing the models",
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
  BalanceLow: {
    scope: "connection",
    kind: "flag",
    unit: "Count",
    optional: true,
    meaning: "1: no currency of the account is above its limit; 0: one is",
  },
  Probed: {
    scope: "shard",
    kind: "share",
    unit: "None",
    optional: false,
    graph: { title: "Share of connections probed", statistic: "Minimum" },
    meaning: "probed connections ÷ expected connections",
  },
  OldestKeyAgeDays: {
    scope: "monitor",
    kind: "amount",
    unit: "None",
    optional: true,
    meaning: "the age of the oldest key, in days",
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

/** The gauges that are 0 or 1. */
export type FlagName = {
  [Name in MetricName]: (typeof metrics)[Name]["kind"] extends "flag" ? Name : never;
}[MetricName];

export const metricNames = Object.keys(metrics) as readonly MetricName[];

/** Returns the table's row for a gauge. */
export function metricOf(name: MetricName): Metric {
  return metrics[name];
}

/** Whether a gauge's values, or their averages, are between 0 and 1. */
export function isShare(name: MetricName): boolean {
  return metricOf(name).kind !== "amount";
}

/** What the deployment's test run reports about a connection, so that alarms that cannot fire are reported. */
export interface Learnable {
  /** The gauges that no run can learn with the present settings. */
  readonly never: readonly MetricName[];
  /** The currencies of the account's balance. Absent if the run did not learn them. */
  readonly currencies?: readonly string[];
}

/** A graph of the dashboard. */
export interface Graph {
  readonly title: string;
  readonly lines: readonly { readonly metric: MetricName; readonly statistic: Statistic }[];
}

/** The graphs of the dashboard, in order. */
export const graphs: readonly Graph[] = [
  ...Map.groupBy(
    metricNames.flatMap((metric) => {
      const { graph } = metricOf(metric);
      return graph === undefined ? [] : [{ ...graph, metric }];
    }),
    ({ title }) => title,
  ),
].map(([title, lines]) => ({ title, lines: lines.map(({ metric, statistic }) => ({ metric, statistic })) }));

/** Returns the dimensions with which a gauge is written. */
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
