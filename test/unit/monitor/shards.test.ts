import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alarmKinds, gaugesRead } from "../../../monitor/alarms/catalog.ts";
import { effectiveAlarms, evaluationOf } from "../../../monitor/alarms/plan.ts";
import { readEvent } from "../../../monitor/lambda/invocation.ts";
import { eventFor, planShards, SHARD_SIZE } from "../../../monitor/shards.ts";
import { everyAlarm } from "../../support/every-alarm.ts";

describe("planShards", () => {
  it("puts every connection into one shard, in order, at most fifty into each", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), (count) => {
        const names = Array.from({ length: count }, (_, index) => index);
        const shards = planShards(names);
        expect(shards.flatMap(({ connections }) => connections)).toEqual(names);
        expect(shards.map(({ name }) => name)).toEqual(shards.map((_, index) => String(index)));
        for (const { connections } of shards) {
          expect(connections.length).toBeGreaterThan(0);
          expect(connections.length).toBeLessThanOrEqual(SHARD_SIZE);
        }
      }),
    );
  });

  it("does not change a shard if a connection is added at the end", () => {
    const names = Array.from({ length: 120 }, (_, index) => index);
    expect(planShards([...names, 120]).slice(0, 2)).toEqual(planShards(names).slice(0, 2));
  });
});

describe("eventFor", () => {
  it("returns an event that names the shard and nothing else, and that the function accepts", () => {
    const shards = planShards(Array.from({ length: SHARD_SIZE + 1 }, (_, index) => `c${index}`));
    const events = shards.map(eventFor);
    expect(events).toEqual([{ shard: "0" }, { shard: "1" }]);
    for (const event of events) expect(readEvent(event, shards.length)).toEqual(event);
  });
});

describe("gaugesRead", () => {
  it("contains no optional gauge that neither the dashboard nor an enabled alarm reads", () => {
    const alarms = { rateLimited: { enabled: false }, lowBalance: { enabled: false } };
    expect(gaugesRead(alarms, false)).toEqual([]);
  });

  it("contains the gauges of the dashboard and of each enabled alarm", () => {
    expect(gaugesRead({}, false)).toEqual(["RateLimited", "BalanceLow"]);
    expect(gaugesRead({}, true)).toEqual(["LatencyMs", "RateLimited", "Balance", "BalanceLow"]);
    expect(gaugesRead({ slow: { enabled: true } }, false)).toEqual(["LatencyMs", "RateLimited", "BalanceLow"]);
    const alarms = { keyDueForRotation: { enabled: true }, lowBalance: { enabled: false, threshold: { USD: 5 } } };
    expect(gaugesRead(alarms, false)).toEqual(["RateLimited", "OldestKeyAgeDays"]);
  });
});

describe("evaluationOf", () => {
  const settings = everyAlarm(0.5);
  const scopes = ["connection", "endpoint", "shard", "monitor", "topic"] as const;

  it.each([1, 5, 15, 60])(
    "stays within CloudWatch's limits for every alarm with %i minutes between runs",
    (minutes) => {
      const alarms = scopes.flatMap((scope) => effectiveAlarms(scope, settings, minutes));
      expect(alarms).toHaveLength(alarmKinds.length);
      for (const alarm of alarms) {
        const evaluation = evaluationOf(alarm, { Monitor: "health" });
        expect(evaluation.datapointsToAlarm).toBeLessThanOrEqual(evaluation.evaluationPeriods);
        expect(alarm.period % 60).toBe(0);
        // Source: PutMetricAlarm, `EvaluationPeriods`: one day, or seven days for periods of an hour or more.
        const days = alarm.period >= 3_600 ? 7 : 1;
        expect(alarm.period * alarm.evaluationPeriods).toBeLessThanOrEqual(days * 86_400);
        // Either a metric or one expression that returns data.
        const returning = evaluation.metricQueries?.filter(({ returnData }) => returnData === true);
        expect([evaluation.metricName === undefined, returning?.length === 1]).toEqual(
          alarm.statistic === "Range" || alarm.below !== undefined ? [true, true] : [false, false],
        );
      }
    },
  );
});
