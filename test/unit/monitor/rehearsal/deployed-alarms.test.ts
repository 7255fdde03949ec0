import { describe, expect, it } from "vitest";
import { evaluationOf } from "../../../../monitor/alarms/plan.ts";
import type { AlarmsArgs } from "../../../../monitor/arguments.ts";
import { Detail } from "../../../../monitor/metrics.ts";
import { rehearse } from "../../../../monitor/rehearsal/rehearse.ts";
import { exampleKey as key } from "../../../support/keys.ts";
import { deploy } from "../support/deploy.ts";

const names = ["connection-1", "connection-2", "connection-3"];
const every: AlarmsArgs = {
  lowBalance: { enabled: true, threshold: { USD: 5, CNY: 35 } },
  keyDueForRotation: { enabled: true },
  rateLimited: { enabled: true },
  slow: { enabled: true, threshold: 7_000 },
  serviceDown: { threshold: 0.8 },
};

describe.each([
  [Detail.Connection, { ...every, balanceFallsFast: { enabled: true, threshold: { CNY: 3, USD: 1 } } }, 1],
  [Detail.Connection, {}, 5],
  [Detail.Fleet, every, 1],
] as const)("the rehearsed alarms, in %s detail", (detail, alarms, intervalMinutes) => {
  it("equal the deployed ones in name, gauge and every rule", async () => {
    const { of } = await deploy({
      connections: Object.fromEntries(names.map((name) => [name, { apiKey: key }])),
      scheduleExpression: `rate(${intervalMinutes} minutes)`,
      detail,
      alarms,
    });
    const deployed = of("cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs);

    const options = { connections: names.length, alarms, intervalMinutes, detail };
    const timeline = await rehearse("quiet", options);
    const rehearsed = timeline.alarms.map(({ name, definition, metric }) => ({
      name,
      ...evaluationOf(definition, metric.dimensions),
    }));

    const deployedByName = new Map(deployed.map((inputs) => [inputs["name"], inputs]));
    expect(deployedByName.size).toBe(rehearsed.length);
    for (const alarm of rehearsed) {
      const expected = JSON.parse(JSON.stringify(alarm).replaceAll("rehearsal", "health-1a2b3c4"));
      expect(deployedByName.get(expected.name)).toMatchObject(expected);
    }
  });
});
