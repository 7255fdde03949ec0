import type { MetricName } from "./metrics.ts";

/** A graph of the dashboard. */
export interface Graph {
  readonly title: string;
  readonly lines: readonly { readonly metric: MetricName; readonly statistic: "Minimum" | "Maximum" | "Average" }[];
}

/** The graphs of the dashboard, in order. They are not with the gauges, because the function's bundle would contain them. */
export const graphs: readonly Graph[] = [
  {
    title: "Key, balance, configuration (0: healthy, 1: failing)",
    lines: (["KeyRejected", "Unfunded", "Misconfigured", "AllKeysRejected"] as const).map((metric) => ({
      metric,
      statistic: "Maximum",
    })),
  },
  { title: "Share of failed probes by base URL", lines: [{ metric: "ServiceFailing", statistic: "Average" }] },
  { title: "Latency in ms by base URL", lines: [{ metric: "LatencyMs", statistic: "Average" }] },
  { title: "Balance", lines: [{ metric: "Balance", statistic: "Minimum" }] },
  { title: "Share of connections probed", lines: [{ metric: "Probed", statistic: "Minimum" }] },
];

/** Whether the dashboard reads a gauge. */
export function isDrawn(name: MetricName): boolean {
  return graphs.some(({ lines }) => lines.some(({ metric }) => metric === name));
}
