import { describe, expect, it } from "vitest";
import { type AlarmDefinition, alarmDefinitions, alarmKinds } from "../../../../monitor/alarms/catalog.ts";

/** CloudWatch accepts periods of 10, 20, 30 and multiples of 60 s, and alarms that look back at most a day (a week for hours). */
const DAY = 86_400;

const definitions: readonly (readonly [string, AlarmDefinition])[] = Object.entries(alarmDefinitions);

/** An alarm in one line. */
function rule(alarm: AlarmDefinition): string {
  const sign = { GreaterThanOrEqualToThreshold: "≥", GreaterThanThreshold: ">", LessThanThreshold: "<" };
  const limit = `${alarm.threshold ?? "limit"}${alarm.below === undefined ? "" : ` and < ${alarm.below}`}`;
  const periods = `${alarm.period} s, ${alarm.datapointsToAlarm} of ${alarm.evaluationPeriods}`;
  const asked = alarm.byDefault ? "" : ", opt-in";
  return `${alarm.statistic} ${alarm.metric} ${sign[alarm.comparison]} ${limit}, ${periods}, ${alarm.missingData}, ${alarm.severity}${asked}`;
}

describe("the alarms", () => {
  it("have the conditions that the design's simulation found best", () => {
    expect(Object.fromEntries(definitions.map(([kind, alarm]) => [kind, rule(alarm)]))).toEqual({
      keyRejected: "Maximum KeyRejected ≥ 1, 60 s, 2 of 2, ignore, page",
      allKeysRejected: "Maximum AllKeysRejected ≥ 1, 60 s, 2 of 2, ignore, page",
      unfunded: "Maximum Unfunded ≥ 1, 60 s, 2 of 2, ignore, page",
      misconfigured: "Maximum Misconfigured ≥ 1, 60 s, 5 of 5, ignore, ticket",
      serviceFailing: "Average ServiceFailing ≥ 0.5, 60 s, 4 of 5, ignore, ticket",
      serviceDown: "Average ServiceFailing ≥ 0.5, 60 s, 13 of 15, ignore, page",
      serviceUnstable: "Average ServiceFailing ≥ 0.25 and < 0.85, 900 s, 3 of 3, ignore, ticket",
      monitorSilent: "Minimum Probed < 1, 60 s, 3 of 3, breaching, page",
      lowBalance: "Maximum BalanceLow ≥ 1, 300 s, 3 of 3, ignore, ticket",
      balanceFallsFast: "Range Balance > limit, 3600 s, 1 of 1, ignore, ticket, opt-in",
      keyDueForRotation: "Maximum OldestKeyAgeDays > 90, 3600 s, 1 of 1, ignore, ticket, opt-in",
      rateLimited: "Average RateLimited ≥ 0.5, 900 s, 2 of 2, ignore, ticket",
      slow: "Average LatencyMs > 10000, 60 s, 10 of 15, ignore, ticket, opt-in",
      subscriptionLost: "Minimum SubscriptionLost ≥ 1, 3600 s, 2 of 2, ignore, ticket",
      deliveryFailed: "Sum NumberOfNotificationsFailed ≥ 1, 3600 s, 1 of 1, notBreaching, ticket",
    });
  });

  it("treat missing data as a failure in one alarm only, so that one cause raises one alarm", () => {
    expect(alarmKinds.filter((kind) => alarmDefinitions[kind].missingData === "breaching")).toEqual(["monitorSilent"]);
  });

  it("have unique titles, which are part of their names", () => {
    expect(new Set(definitions.map(([, { title }]) => title)).size).toBe(definitions.length);
  });

  it.each(definitions)("'%s' is accepted by CloudWatch", (_kind, alarm) => {
    expect(alarm.period % 60).toBe(0);
    expect(alarm.period * alarm.evaluationPeriods).toBeLessThanOrEqual(DAY);
    expect(alarm.datapointsToAlarm).toBeLessThanOrEqual(alarm.evaluationPeriods);
  });

  it.each(definitions)("'%s' is a ticket unless it is on by default", (_kind, alarm) => {
    if (alarm.severity === "page") expect(alarm.byDefault).toBe(true);
    else expect(alarm.severity).toBe("ticket");
  });
});
