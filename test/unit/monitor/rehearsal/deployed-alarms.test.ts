import { describe, expect, it } from "vitest";
import type { AlarmsArgs } from "../../../../monitor/arguments.ts";
import { Detail } from "../../../../monitor/metrics.ts";
import { rehearse } from "../../../../monitor/rehearsal/rehearse.ts";
import { everyAlarm } from "../../../support/every-alarm.ts";
import { exampleKey as key } from "../../../support/keys.ts";
import { deploy } from "../support/deploy.ts";

const every: AlarmsArgs = everyAlarm(0.5);
const { balanceFallsFast: _, ...everyInFleet } = every;
const changed: AlarmsArgs = {
  balanceFallsFast: { enabled: true, threshold: { CNY: 3, USD: 1 } },
  lowBalance: { enabled: true, threshold: { USD: 5, CNY: 35 } },
  serviceDown: { threshold: 0.8, severity: "ticket" },
};

describe.each([
  { detail: Detail.Connection, connections: 1, intervalMinutes: 1, alarms: {}, which: "the default alarms" },
  { detail: Detail.Connection, connections: 3, intervalMinutes: 5, alarms: changed, which: "changed alarms" },
  { detail: Detail.Connection, connections: 51, intervalMinutes: 15, alarms: every, which: "every alarm" },
  { detail: Detail.Fleet, connections: 3, intervalMinutes: 1, alarms: everyInFleet, which: "every alarm" },
  { detail: Detail.Fleet, connections: 51, intervalMinutes: 60, alarms: everyInFleet, which: "every alarm" },
  { detail: Detail.Fleet, connections: 60, intervalMinutes: 5, alarms: {}, which: "the default alarms" },
])("$which, in $detail detail, of $connections connections probed every $intervalMinutes min", (row) => {
  const { detail, connections, intervalMinutes, alarms } = row;

  it("are rehearsed as they are deployed: name, gauge, every rule, severity", { timeout: 120_000 }, async () => {
    const names = connections === 1 ? ["prod"] : Array.from({ length: connections }, (_, at) => `connection-${at + 1}`);
    const { of } = await deploy({
      connections: Object.fromEntries(names.map((name) => [name, { apiKey: key, keyCreatedAt: "2026-01-05" }])),
      scheduleExpression: intervalMinutes === 1 ? "rate(1 minute)" : `rate(${intervalMinutes} minutes)`,
      detail,
      alarms,
    });
    const deployed = of("cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => {
      const { alarmDescription, alarmActions: _, okActions: __, ...rules } = inputs;
      return { severity: /Severity (\w+)/.exec(String(alarmDescription))?.[1], ...rules };
    });

    // It has the fewest runs of all scenarios. Which alarms there are depends on no scenario.
    const timeline = await rehearse("first-deployment", { connections, alarms, intervalMinutes, detail });
    const rehearsed = timeline.alarms.map(({ name, evaluation, definition: { severity } }) => {
      return JSON.parse(JSON.stringify({ severity, name, ...evaluation }).replaceAll("rehearsal", "health-1a2b3c4"));
    });

    const byName = (all: readonly Readonly<Record<string, unknown>>[]) =>
      all.toSorted((a, b) => (String(a["name"]) < String(b["name"]) ? -1 : 1));
    expect(byName(rehearsed)).toEqual(byName(deployed));
  });
});
