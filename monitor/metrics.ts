/** What a gauge is about: one connection, one endpoint (base URL), one shard, or the whole monitor. */
export type Scope = "connection" | "endpoint" | "shard" | "monitor";

export type Dimension = "Monitor" | "Connection" | "Endpoint" | "Shard" | "Currency";

/** How fine the gauges, alarms and secrets are. */
export enum Detail {
  /** Each connection has its own. */
  Connection = "connection",
  /** Those of a shard, up to 50 connections, share them, and the log names the connection. */
  Fleet = "fleet",
}

/** Above it a fleet's gauges and alarms are kept by shard: one by one they cost $1.40 a connection and month. */
const MAX_SINGLE_CONNECTIONS = 200;

/** How fine gauges, alarms and secrets are unless the user says otherwise. */
export function usualDetail(connections: number): Detail {
  return connections > MAX_SINGLE_CONNECTIONS ? Detail.Fleet : Detail.Connection;
}

interface Metric {
  readonly scope: Scope;
  /** As CloudWatch and EMF name it. */
  readonly unit: "Count" | "Milliseconds" | "None";
  /** Whether it is written only when an alarm or the dashboard reads it: each metric costs $0.30 a month. */
  readonly optional: boolean;
  /** One line for a person. */
  readonly meaning: string;
}

export const NAMESPACE = "DeepSeekMonitor";

/**
 * Every gauge: the one list that Lambda, alarms and dashboard share. A gauge is written only when the probe learned it, so
 * a fault never looks like a recovery.
 */
export const metrics = {
  KeyRejected: { scope: "connection", unit: "Count", optional: false, meaning: "1: the key is rejected; 0: it works" },
  Unfunded: { scope: "connection", unit: "Count", optional: false, meaning: "1: the account has no money; 0: it has" },
  Misconfigured: {
    scope: "connection",
    unit: "Count",
    optional: false,
    meaning: "1: the service refuses the model or the address; 0: it takes them",
  },
  RateLimited: { scope: "connection", unit: "Count", optional: true, meaning: "1: the account's limit is reached" },
  Balance: { scope: "connection", unit: "None", optional: true, meaning: "the account's money, by currency" },
  ServiceFailing: {
    scope: "endpoint",
    unit: "Count",
    optional: false,
    meaning: "1: the service does not answer as it should; 0: it does",
  },
  LatencyMs: {
    scope: "endpoint",
    unit: "Milliseconds",
    optional: true,
    meaning: "the duration of the test call, or of the list of models where none is made",
  },
  Probed: {
    scope: "shard",
    unit: "None",
    optional: false,
    meaning: "connections that were probed ÷ connections expected",
  },
  OldestKeyAgeDays: { scope: "monitor", unit: "None", optional: true, meaning: "days since the oldest key was stored" },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

export const metricNames = Object.keys(metrics) as readonly MetricName[];

/** The dimensions under which a gauge is written. */
export function dimensionsOf(metric: MetricName, detail: Detail): readonly Dimension[] {
  const currency: readonly Dimension[] = metric === "Balance" ? ["Currency"] : [];
  switch (metrics[metric].scope) {
    case "connection":
      return ["Monitor", detail === Detail.Fleet ? "Shard" : "Connection", ...currency];
    case "endpoint":
      return ["Monitor", "Endpoint"];
    case "shard":
      return ["Monitor", "Shard"];
    case "monitor":
      return ["Monitor"];
  }
}
