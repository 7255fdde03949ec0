import type { Verdict } from "../../provider/deepseek/verdict.ts";
import type { MetricName } from "../metrics.ts";

/** The gauges that a verdict sets, 0 or 1. What is absent was not learned and is not written. */
export type Gauges = Readonly<
  Partial<
    Record<Extract<MetricName, "KeyRejected" | "Unfunded" | "Misconfigured" | "RateLimited" | "ServiceFailing">, 0 | 1>
  >
>;

/** What a probe with this verdict learned: one table. A fault says nothing about a key, so it writes nothing there. */
export function gaugesOf(verdict: Verdict): Gauges {
  switch (verdict.kind) {
    case "valid":
      return { KeyRejected: 0, Unfunded: 0, Misconfigured: 0, RateLimited: 0, ServiceFailing: 0 };
    case "unfunded":
      return { KeyRejected: 0, Unfunded: 1, RateLimited: 0, ServiceFailing: 0 };
    case "invalid":
      return { KeyRejected: 1, ServiceFailing: 0 };
    case "misconfigured":
      // Before the test call the service has listed its models, so the key works and the service answers.
      return verdict.call === "chat"
        ? { KeyRejected: 0, Misconfigured: 1, RateLimited: 0, ServiceFailing: 0 }
        : { Misconfigured: 1 };
    case "indeterminate":
      // The account's limit, not an outage.
      return verdict.httpStatus === 429 ? { RateLimited: 1 } : { ServiceFailing: 1 };
  }
}
