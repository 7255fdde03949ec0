/** What a gauge is about: one connection, one endpoint (base URL), one shard, the whole monitor, or one of its topics. */
export type Scope = "connection" | "endpoint" | "shard" | "monitor" | "topic";

export type Dimension = "Monitor" | "Connection" | "Endpoint" | "Shard" | "Currency" | "Topic" | "TopicName";

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

interface Metric {
  readonly scope: Scope;
  /** A flag is 0 or 1, so its average is a share. A share is between 0 and 1. An amount is any number from 0. */
  readonly kind: "flag" | "share" | "amount";
  /** The unit, as CloudWatch and EMF name it. */
  readonly unit: "Count" | "Milliseconds" | "None";
  /** Whether it is written only if an alarm or the dashboard reads it, since each metric costs $0.30 a month. */
  readonly optional: boolean;
  /** The namespace of a metric that AWS writes, not the function. @default `NAMESPACE` */
  readonly namespace?: string;
  /** Whether it has the dimension `Currency` as well. */
  readonly byCurrency?: true;
}

export const NAMESPACE = "DeepSeekMonitor";

/**
 * Every gauge. Lambda, alarms and dashboard share this table. A gauge is written only if the probe learned its value, so an outage
 * never looks like a recovery.
 */
export const metrics = {
  /** 1: the key is rejected; 0: the probe proved that it works. */
  KeyRejected: {
    scope: "connection",
    kind: "flag",
    unit: "Count",
    optional: false,
  },
  /** 1: the account has insufficient balance; 0: it has enough. */
  Unfunded: {
    scope: "connection",
    kind: "flag",
    unit: "Count",
    optional: false,
  },
  /** 1: the service refuses the model or the address; 0: it accepts them. */
  Misconfigured: {
    scope: "connection",
    kind: "flag",
    unit: "Count",
    optional: false,
  },
  /** 1: the service rejects two or more different keys and accepts none; 0: it accepts one. */
  AllKeysRejected: {
    scope: "endpoint",
    kind: "flag",
    unit: "Count",
    optional: false,
  },
  /** 1: the service fails; 0: it answers correctly. */
  ServiceFailing: {
    scope: "endpoint",
    kind: "flag",
    unit: "Count",
    optional: false,
  },
  /** The duration of the test call or, without a test call, of listing the models. */
  LatencyMs: {
    scope: "endpoint",
    kind: "amount",
    unit: "Milliseconds",
    optional: true,
  },
  /** 1: the account's limit is reached; 0: it is not. */
  RateLimited: {
    scope: "connection",
    kind: "flag",
    unit: "Count",
    optional: true,
  },
  /** The account's balance. */
  Balance: {
    scope: "connection",
    kind: "amount",
    unit: "None",
    optional: true,
    byCurrency: true,
  },
  /** 1: no currency of the account is above its limit; 0: one is. */
  BalanceLow: {
    scope: "connection",
    kind: "flag",
    unit: "Count",
    optional: true,
  },
  /** Probed connections ÷ expected connections. */
  Probed: {
    scope: "shard",
    kind: "share",
    unit: "None",
    optional: false,
  },
  /** The age of the oldest key, in days. */
  OldestKeyAgeDays: {
    scope: "monitor",
    kind: "amount",
    unit: "None",
    optional: true,
  },
  /** 1: the topic has fewer subscriptions than expected, pending ones included; 0: it has enough. */
  SubscriptionLost: {
    scope: "topic",
    kind: "flag",
    unit: "Count",
    optional: true,
  },
  /** Messages that SNS failed to deliver. */
  NumberOfNotificationsFailed: {
    scope: "topic",
    kind: "amount",
    unit: "Count",
    optional: true,
    namespace: "AWS/SNS",
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

/** Returns the dimensions with which a gauge is written. */
export function dimensionsOf(metric: MetricName, detail: Detail): readonly Dimension[] {
  const { scope, byCurrency, namespace } = metricOf(metric);
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
    case "topic":
      return namespace === undefined ? ["Monitor", "Topic"] : ["TopicName"];
  }
}
