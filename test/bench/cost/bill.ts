import { costOf, type PriceName } from "./prices.ts";
import { canaryRuns, DASHBOARD, DRAWN, type Item, type Lists, type Plan, quantitiesOf } from "./quantities.ts";

export interface Bill {
  readonly lines: readonly (Item & { readonly usd: number })[];
  /** USD a month without the dashboard and what is there for it alone. */
  readonly withoutDashboard: number;
  /** USD a month. */
  readonly total: number;
  /** USD a month of as many canaries at the same rate. */
  readonly synthetics: number;
}

/** What a monitor costs in a month. */
export function billOf(plan: Plan, lists: Lists): Bill {
  const used = new Map<PriceName, number>();
  const lines = quantitiesOf(plan, lists).map((item) => {
    // Tiers are counted over all lines of one price.
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
