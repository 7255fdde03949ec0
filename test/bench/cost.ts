import { table } from "../../dist/cli/terminal.js";
import * as gauges from "../../dist/monitor/alarms/catalog.js";
import * as settings from "../../dist/monitor/alarms/plan.js";
import * as metrics from "../../dist/monitor/metrics.js";
import { settingsOf } from "../../dist/monitor/settings.js";
import * as shards from "../../dist/monitor/shards.js";
import { exampleKey } from "../support/keys.ts";
import { type Bill, billOf } from "./cost/bill.ts";
import { LogMeter } from "./cost/log-volume.ts";
import { PRICES_AS_OF, prices } from "./cost/prices.ts";
import type { Lists, LogVolume, Plan } from "./cost/quantities.ts";
import { type Bench, connectionsOf, type Figure } from "./figure.ts";

/** Limits by the number of connections, as a share of the price of Synthetics, without the dashboard. */
const limits = new Map([
  [1, 0.12],
  [10, 0.06],
  [100, 0.05],
  [10_000, 0.05],
]);

const lists: Lists = { ...settings, ...gauges, ...metrics, ...shards };

/**
 * USD per month for 1, 10, 100 and 10,000 connections, item by item, compared with CloudWatch Synthetics at the same rate.
 * Quantities come from the monitor's own lists, the log volume from a run of the bundled function, and the rest from the
 * named assumptions in cost/quantities.ts.
 */
export const cost: Bench = async () => {
  const meter = await LogMeter.start();
  const plans: Plan[] = [];
  const fleets: Plan[] = [];
  let unsharded: Plan;
  try {
    // One after another: in parallel they would slow each other down, which changes the log.
    for (const count of limits.keys()) {
      plans.push(await planFor(meter, count));
      fleets.push(await planFor(meter, count, metrics.Detail.Fleet));
    }
    unsharded = await planFor(meter, 10_000, metrics.Detail.Connection);
  } finally {
    // Its servers would keep the process alive after a failure.
    await meter.stop();
  }
  const bills = plans.map((plan) => ({ plan, bill: billOf(plan, lists) }));
  return {
    figures: bills.map(({ plan, bill }) => figureOf(plan, bill)),
    details: [
      detailsOf(bills, billOf(unsharded, lists).total),
      `Without the dashboard\n\n${ratesOf(plans, fleets)}`,
      pricesOf(),
    ].join("\n\n"),
  };
};

interface Billed {
  readonly plan: Plan;
  readonly bill: Bill;
}

/** A plan with the component's defaults. */
async function planFor(meter: LogMeter, connections: number, chosen?: metrics.Detail): Promise<Plan> {
  // Above 200 connections, the user must choose.
  const detail = chosen ?? (connections > metrics.MAX_SINGLE_CONNECTIONS ? metrics.Detail.Fleet : undefined);
  const names = Array.from({ length: connections }, (_, index) => `c${index}`);
  const defaults = settingsOf("bench", {
    connections: Object.fromEntries(names.map((name) => [name, { apiKey: exampleKey }])),
    ...(detail !== undefined && { detail }),
  });
  const sizes = new Set(lists.planShards(names).map((shard) => shard.connections.length));
  const volumes = new Map<number, LogVolume>();
  for (const size of sizes) {
    const written = lists.gaugesRead(defaults.alarms, defaults.dashboard);
    volumes.set(size, await meter.measure({ connections: size, detail: defaults.detail, gauges: written }));
  }
  return {
    connections,
    detail: defaults.detail,
    dashboard: defaults.dashboard,
    intervalMinutes: defaults.intervalMinutes,
    logOfRun: (size) => volumes.get(size) ?? { bytes: Number.NaN, events: Number.NaN },
  };
}

function figureOf({ connections }: Plan, { withoutDashboard, total, synthetics }: Bill): Figure {
  const to = "CloudWatch Synthetics, runs alone";
  return {
    topic: "a month of the monitor without its dashboard, list price",
    of: connectionsOf(connections),
    unit: "USD",
    ours: withoutDashboard,
    beside: [
      { name: "with it", value: total },
      { name: to, value: synthetics },
    ],
    limit: { kind: "ratio", to, ratio: withoutDashboard / synthetics, most: limits.get(connections) ?? Number.NaN },
  };
}

const amount = (value: number) => value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
const usd = (value: number) =>
  value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: value < 1 ? 3 : 2 });
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

function detailsOf(bills: readonly Billed[], unsharded: number): string {
  const row = (label: string, cell: (billed: Billed) => string) => [label, ...bills.map(cell)];
  const labels = bills[0]?.bill.lines.map(({ label }) => label) ?? [];
  const rows = [
    row("detail", ({ plan }) => plan.detail),
    ...labels.map((label, index) => row(label, ({ bill }) => usd(bill.lines[index]?.usd ?? Number.NaN))),
    row("total", ({ bill }) => usd(bill.total)),
    row("total without the dashboard", ({ bill }) => usd(bill.withoutDashboard)),
    row("CloudWatch Synthetics, runs alone", ({ bill }) => usd(bill.synthetics)),
    row("share, without the dashboard", ({ bill }) => percent(bill.withoutDashboard / bill.synthetics)),
    row("share, with it", ({ bill }) => percent(bill.total / bill.synthetics)),
  ];
  return [
    `USD a month, list price of US East (N. Virginia), ${PRICES_AS_OF}, one probe a minute, no free tier\n`,
    table(
      row("connections", ({ plan }) => plan.connections.toLocaleString("en-US")),
      rows,
    ),
    `\n10,000 connections, each with alarms of its own: ${usd(unsharded)}`,
  ].join("\n");
}

/** The costs for other rates and for the other detail. */
function ratesOf(plans: readonly Plan[], fleets: readonly Plan[]): string {
  const row = (label: string, of: readonly Plan[]) => [
    label,
    ...of.map((plan) => usd(billOf(plan, lists).withoutDashboard)),
  ];
  const rows = [1, 5, 15, 60].map((intervalMinutes) =>
    row(
      `rate(${intervalMinutes} minute${intervalMinutes === 1 ? "" : "s"})`,
      plans.map((plan) => ({ ...plan, intervalMinutes })),
    ),
  );
  return table(
    ["connections", ...plans.map(({ connections }) => connections.toLocaleString("en-US"))],
    [...rows, row("rate(1 minute), fleet detail", fleets)],
  );
}

function pricesOf(): string {
  const lines = Object.values(prices).map(
    ({ tiers, unit, source, readAt }) =>
      `  ${tiers.map((tier) => amount(tier.usd)).join(", then ")} per ${unit}\n    ${source}; read at: ${readAt}`,
  );
  return ["Prices", ...lines].join("\n");
}
