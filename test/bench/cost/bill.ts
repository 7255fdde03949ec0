import { costOf, type PriceName } from "./prices.ts";
import { canaryRuns, DASHBOARD, DRAWN, type Item, type Lists, type Plan, quantitiesOf } from "./quantities.ts";

export interface Bill {
  readonly lines: readonly (Item & { readonly usd: number })[];
  /** USD per month without the dashboard and the items that only it needs. */
  readonly withoutDashboard: number;
  /** USD per month. */
  readonly total: number;
  /** USD per month for the same number of canaries at the same rate. */
  readonly synthetics: number;
}

/** Returns the monthly bill of a monitor. */
export function billOf(plan: Plan, lists: Lists): Bill {
  const used = new Map<PriceName, number>();
  const lines = quantitiesOf(plan, lists).map((item) => {
    // Tiers apply to the sum of all items with one price.
    const before = used.get(item.price) ?? 0;
    used.set(item.price, before + item.units);
    return { ...item, usd: costOf(item.price, before + item.units) - costOf(item.price, before) };
  });
  const sum = (chosen: typeof lines) => chosen.reduce((total, { usd }) => total + usd, 0);
  return {
    lines,
    withoutDashboard: sum(lines.filter(({ label }) => label !== DASHBOARD && label !== DRAWN)),
    total: sum(lines),
    synthetics: costOf("canaryRun", canaryRuns(plan)),
  };
}
