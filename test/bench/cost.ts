// npm run bench:cost: USD a month for 1, 10, 100 and 10,000 connections, line by line, against CloudWatch Synthetics at the
// same rate. What is counted comes from the monitor's own lists, the log's volume from a run of the bundled function, the
// rest from the named assumptions in cost/quantities.ts. Fails above the limits.
import * as settings from "../../dist/monitor/alarms/settings.js";
import * as gauges from "../../dist/monitor/gauges.js";
import * as metrics from "../../dist/monitor/metrics.js";
import * as shards from "../../dist/monitor/shards.js";
import { settingsOf } from "../../dist/monitor/validation/settings.js";
import { type Bill, billOf } from "./cost/bill.ts";
import { LogMeter } from "./cost/log-volume.ts";
import { PRICES_AS_OF, prices } from "./cost/prices.ts";
import type { Lists, LogVolume, Plan } from "./cost/quantities.ts";

/** Of the price of Synthetics, without the dashboard. */
const limits = new Map([
  [1, 0.1],
  [10, 0.05],
]);
const COUNTS = [1, 10, 100, 10_000];

const lists: Lists = { ...settings, ...gauges, ...metrics, ...shards };
const meter = await LogMeter.start();

/** A plan with the defaults of the component itself. */
async function planFor(connections: number, detail?: metrics.Detail): Promise<Plan> {
  const names = Array.from({ length: connections }, (_, index) => `c${index}`);
  const defaults = settingsOf("bench", {
    connections: Object.fromEntries(names.map((name) => [name, { apiKey: "sk-0123456789abcdef0123456789abcdef" }])),
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

const plans: Plan[] = [];
const fleets: Plan[] = [];
// One after another: side by side they would keep each other waiting, and the log tells of that.
for (const count of COUNTS) {
  plans.push(await planFor(count));
  fleets.push(await planFor(count, metrics.Detail.Fleet));
}
const unsharded = await planFor(10_000, metrics.Detail.Connection);
await meter.stop();
const bills = plans.map((plan) => billOf(plan, lists));

function row(label: string, values: readonly string[]): void {
  console.log(label.padEnd(32) + values.map((value) => value.padStart(12)).join(""));
}

const amount = (value: number) => value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
const usd = (value: number) =>
  value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: value < 1 ? 3 : 2 });
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
const share = (bill: Bill) => bill.withoutDashboard / bill.synthetics;

console.log(`USD a month, list price of US East (N. Virginia), ${PRICES_AS_OF}, one probe a minute, no free tier\n`);
row(
  "connections",
  COUNTS.map((count) => count.toLocaleString("en-US")),
);
row(
  "detail",
  plans.map(({ detail }) => detail),
);
for (const [index, { label }] of (bills[0]?.lines ?? []).entries()) {
  row(
    label,
    bills.map(({ lines }) => usd(lines[index]?.usd ?? Number.NaN)),
  );
}
row(
  "all",
  bills.map(({ total }) => usd(total)),
);
row(
  "all without the dashboard",
  bills.map(({ withoutDashboard }) => usd(withoutDashboard)),
);
row(
  "CloudWatch Synthetics, runs alone",
  bills.map(({ synthetics }) => usd(synthetics)),
);
row(
  "share, without the dashboard",
  bills.map((bill) => percent(share(bill))),
);
row(
  "share, with it",
  bills.map((bill) => percent(bill.total / bill.synthetics)),
);
console.log(`\n10,000 connections, each with alarms of its own: ${usd(billOf(unsharded, lists).total)}`);

console.log("\nWithout the dashboard");
for (const intervalMinutes of [1, 5, 15, 60]) {
  row(
    `rate(${intervalMinutes} minute${intervalMinutes === 1 ? "" : "s"})`,
    plans.map((plan) => usd(billOf({ ...plan, intervalMinutes }, lists).withoutDashboard)),
  );
}
row(
  "rate(1 minute), fleet detail",
  fleets.map((plan) => usd(billOf(plan, lists).withoutDashboard)),
);

console.log("\nPrices");
for (const { tiers, unit, source, readAt } of Object.values(prices)) {
  console.log(
    `  ${tiers.map((tier) => amount(tier.usd)).join(", then ")} per ${unit}\n    ${source}; read at: ${readAt}`,
  );
}

console.log();
for (const [index, count] of COUNTS.entries()) {
  const limit = limits.get(count);
  const bill = bills[index];
  if (limit === undefined || bill === undefined) continue;
  const isBelow = share(bill) < limit;
  console.log(
    `${count} connection(s): ${percent(share(bill))} of Synthetics (below ${percent(limit)}) ${isBelow ? "ok" : "TOO DEAR"}`,
  );
  if (!isBelow) process.exitCode = 1;
}
