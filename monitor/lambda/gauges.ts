import type { Balance } from "../../provider/deepseek/offer.ts";
import type { FlagName } from "../metrics.ts";
import type { Probed } from "./shard-probe.ts";

/** The gauges that a verdict sets, 0 or 1. An absent gauge is not written, because the probe did not learn its value. */
export type Gauges = Readonly<Partial<Record<FlagName, 0 | 1>>>;

/** Returns the gauges that a verdict sets. An outage proves nothing about the key, so it leaves the gauges of the key out. */
export function gaugesOf({ verdict, provesKey }: Pick<Probed, "verdict" | "provesKey">): Gauges {
  const accepted = provesKey ? { KeyRejected: 0 as const } : {};
  switch (verdict.kind) {
    case "valid":
      return { ...accepted, Unfunded: 0, Misconfigured: 0, RateLimited: 0, ServiceFailing: 0 };
    case "unfunded":
      return { ...accepted, Unfunded: 1, RateLimited: 0, ServiceFailing: 0 };
    case "invalid":
      return { KeyRejected: 1, ServiceFailing: 0 };
    case "misconfigured":
      // A test call is made only after the service has answered the list of models, so the service is up.
      return verdict.call === "chat"
        ? { ...accepted, Misconfigured: 1, RateLimited: 0, ServiceFailing: 0 }
        : { Misconfigured: 1 };
    case "unverified":
      // The service answered, which says nothing about the key.
      return { RateLimited: 0, ServiceFailing: 0 };
    case "indeterminate":
      // HTTP 429 is the account's limit, not an outage.
      return verdict.httpStatus === 429 ? { RateLimited: 1 } : { ServiceFailing: 1 };
  }
}

/** The balance at which an account is low, by currency. */
export type BalanceLimits = Readonly<Record<string, number>>;

/** Returns whether a balance is low: 0 if any currency is above its limit. Absent if no balance is known in a limited currency. */
export function balanceLow(balances: readonly Balance[], limits: BalanceLimits): Pick<Gauges, "BalanceLow"> {
  const isAbove = balances.flatMap(({ currency, amount }) => {
    const limit = limits[currency];
    return limit === undefined ? [] : [amount > limit];
  });
  return isAbove.length === 0 ? {} : { BalanceLow: isAbove.includes(true) ? 0 : 1 };
}
