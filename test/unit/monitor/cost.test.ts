import { describe, expect, it } from "vitest";
import * as gauges from "../../../monitor/alarms/catalog.ts";
import { monthlyCost } from "../../../monitor/alarms/detail-cost.ts";
import * as settings from "../../../monitor/alarms/plan.ts";
import * as metrics from "../../../monitor/metrics.ts";
import * as shards from "../../../monitor/shards.ts";
import { billOf } from "../../bench/cost/bill.ts";
import { costOf, prices } from "../../bench/cost/prices.ts";
import { type Item, type Lists, type Plan, quantitiesOf } from "../../bench/cost/quantities.ts";

const lists: Lists = { ...settings, ...gauges, ...metrics, ...shards };

function plan(connections: number, changes: Partial<Plan> = {}): Plan {
  return {
    connections,
    detail: metrics.Detail.Connection,
    dashboard: false,
    intervalMinutes: 1,
    logOfRun: (size) => ({ bytes: 500 * size + 500, events: size + 3 }),
    ...changes,
  };
}

function units(items: readonly Item[], label: string): number {
  const item = items.find((one) => one.label === label);
  if (item === undefined) throw new Error(`There is no '${label}' among ${items.map((one) => one.label).join(", ")}.`);
  return item.units;
}

const usd = (given: Plan, label: string) => billOf(given, lists).lines.find((line) => line.label === label)?.usd;

describe("costOf", () => {
  it.each([
    [0, 0],
    [10_000, 3_000],
    // 10,000 at $0.30 and 10,000 at $0.10.
    [20_000, 4_000],
    // 10,000 at $0.30, 240,000 at $0.10, 750,000 at $0.05, 1 at $0.02.
    [1_000_001, 64_500.02],
  ])("counts %i custom metrics tier by tier", (metricCount, expected) => {
    expect(costOf("customMetric", metricCount)).toBeCloseTo(expected, 6);
  });

  it("prices a test call as DeepSeek's page does, between its off-peak and its peak price", () => {
    const call = costOf("deepSeekInputToken", 9) + costOf("deepSeekOutputToken", 1);
    expect(call).toBeGreaterThan(0.000_001_95);
    expect(call).toBeLessThan(0.000_003_9);
  });

  it("has tiers without gaps, the last of them without an end", () => {
    for (const { tiers } of Object.values(prices)) {
      const ends: readonly number[] = tiers.map(({ upTo }) => upTo);
      expect(ends).toEqual(ends.toSorted((a, b) => a - b));
      expect(ends.at(-1)).toBe(Number.POSITIVE_INFINITY);
    }
  });
});

describe("the quantities on the bill", () => {
  it("of one connection are 10 alarms over 8 gauges, one secret and a run a minute", () => {
    const items = quantitiesOf(plan(1), lists);
    // 5 for the connection, 4 for its base URL, 1 for the shard.
    expect(units(items, "alarms")).toBe(10);
    // KeyRejected, Unfunded, Misconfigured, RateLimited, BalanceLow, AllKeysRejected, ServiceFailing, Probed.
    expect(units(items, "gauges")).toBe(8);
    expect(units(items, "secrets")).toBe(1);
    // 730 hours.
    expect(units(items, "schedule")).toBe(43_800);
    // Every five minutes.
    expect(units(items, "reading the secrets")).toBe(8_760);
    // 43,800 × (1.5 s + 0.035 s) × 0.25 GB.
    expect(units(items, "function, GB-seconds")).toBeCloseTo(16_808.25, 6);
    // 43,800 × (1,000 + 300 bytes and 4 + 3 events of 26 more).
    expect(units(items, "log, written")).toBeCloseTo(0.064_911_6, 9);
  });

  it("of 51 connections are those of two shards", () => {
    const items = quantitiesOf(plan(51), lists);
    expect(units(items, "alarms")).toBe(5 * 51 + 4 + 2);
    expect(units(items, "gauges")).toBe(5 * 51 + 2 + 2);
    expect(units(items, "secrets")).toBe(2);
    expect(units(items, "function, invocations")).toBe(2 * 43_800);
    // With two copies of the function, a third of the runs read the secret instead of a fifth.
    expect(units(items, "reading the secrets")).toBeCloseTo((2 * 43_800) / 3, 6);
  });

  it("of fleet detail grow with the number of shards", () => {
    const items = quantitiesOf(plan(10_000, { detail: metrics.Detail.Fleet }), lists);
    expect(units(items, "alarms")).toBe(6 * 200 + 4);
    expect(units(items, "gauges")).toBe(6 * 200 + 2);
    expect(units(items, "secrets")).toBe(200);
    // A run rarely reaches a copy of the function that has its secret cached: 200 of 204 runs read it.
    expect(units(items, "reading the secrets")).toBeCloseTo(200 * 43_800 * (200 / 204), 6);
    // The calls to DeepSeek are the same: each connection, each minute.
    expect(units(items, "DeepSeek, output")).toBe(10_000 * 43_800);
  });

  it("of a slower schedule contain fewer runs but as many alarms", () => {
    const items = quantitiesOf(plan(1, { intervalMinutes: 60 }), lists);
    expect(units(items, "alarms")).toBe(10);
    expect(units(items, "schedule")).toBe(730);
    expect(units(items, "reading the secrets")).toBe(730);
  });

  it("list the dashboard, and the gauges that only it reads, as separate items", () => {
    const items = quantitiesOf(plan(10, { dashboard: true }), lists);
    expect(units(items, "gauges")).toBe(53);
    // The balance of each connection in one currency, and the latency of the base URL.
    expect(units(items, "gauges read only by the dashboard")).toBe(11);
    expect(units(items, "dashboard")).toBe(1);
  });
});

describe("the bill", () => {
  it("of 10,000 connections in connection detail reaches the second price tier for metrics", () => {
    const big = plan(10_000, { dashboard: true });
    // 50,000 + 2 + 200: 10,000 at $0.30, the rest at $0.10. Then 10,001 for the dashboard, all at $0.10.
    expect(usd(big, "gauges")).toBeCloseTo(3_000 + 4_020.2, 6);
    expect(usd(big, "gauges read only by the dashboard")).toBeCloseTo(1_000.1, 6);
  });

  it("leaves the dashboard out of the compared total", () => {
    const bill = billOf(plan(1, { dashboard: true }), lists);
    // $3 for the dashboard, and $0.30 each for Balance and LatencyMs.
    expect(bill.total - bill.withoutDashboard).toBeCloseTo(3.6, 9);
  });

  it("is compared with the runs of one canary for each connection", () => {
    // 43,800 × $0.0012.
    expect(billOf(plan(1), lists).synthetics).toBeCloseTo(52.56, 9);
    expect(billOf(plan(10), lists).synthetics).toBeCloseTo(525.6, 9);
  });

  it("of alarms on connections includes the two metrics of 'balance falls fast', where it is possible", () => {
    const alarms = { balanceFallsFast: { enabled: true, threshold: { USD: 1 } } };
    // 5 + 2 metrics in alarms and 5 + 1 gauges; in fleet detail without the two.
    expect(monthlyCost(1, metrics.Detail.Connection, alarms, false)).toBeCloseTo(0.7 + 1.8, 9);
    expect(monthlyCost(1, metrics.Detail.Fleet, alarms, false)).toBeCloseTo(0.5 + 1.8, 9);
  });

  it.each([201, 1_000, 10_000])(
    "of %i connections agrees with what the preview shows for each detail",
    (connections) => {
      const of = (detail: metrics.Detail, dashboard: boolean) => {
        const labels = ["alarms", "gauges", ...(dashboard ? ["gauges read only by the dashboard"] : [])];
        const given = plan(connections, { detail, dashboard });
        return labels.reduce((sum, label) => sum + (usd(given, label) ?? Number.NaN), 0);
      };
      for (const detail of Object.values(metrics.Detail)) {
        for (const dashboard of [false, true]) {
          const shown = monthlyCost(connections, detail, {}, dashboard);
          // The gauges and alarms of shards and base URLs are on the bill too; they do not depend on the detail.
          const others = 0.4 * Math.ceil(connections / 50) + 4 * 0.1 + 3 * 0.3;
          expect(of(detail, dashboard)).toBeGreaterThanOrEqual(shown);
          expect(of(detail, dashboard)).toBeLessThanOrEqual(shown + others);
        }
      }
    },
  );
});
