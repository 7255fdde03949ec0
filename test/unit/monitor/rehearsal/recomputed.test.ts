import { describe, expect, it } from "vitest";
import { Detail } from "../../../../monitor/metrics.ts";
import { scenarioNames } from "../../../../monitor/rehearsal/index.ts";
import { everyAlarm } from "../../../support/every-alarm.ts";
import { stateOf } from "../../../support/independent-evaluator.ts";
import { disagreements, expectAgreement, printedBy } from "../../../support/recomputed.ts";

// `npm run test:nightly` does the same for slower schedules: test/rehearsal/slow-schedules.test.ts.
describe.each(Object.values(Detail))("an independent program, in %s detail", (detail) => {
  describe.each([1, 5])("with a run every %d minutes", (intervalMinutes) => {
    it.each(scenarioNames)("computes the same states of each alarm from the JSON of '%s'", async (scenario) => {
      await expectAgreement(scenario, { detail, intervalMinutes });
    });
  });

  it("computes the same states of every alarm that there is, for two shards", async () => {
    await expectAgreement("some-secrets-deleted", { detail, connections: 51, alarms: everyAlarm(0.5) });
  }, 120_000);
});

describe("the JSON of a rehearsal", () => {
  it("has the minutes before minute 0, without which no program could compute the states at minute 0", async () => {
    const printed = await printedBy("quiet");
    const gauges = printed.gauges.map((gauge) => ({
      ...gauge,
      points: gauge.points.filter(({ minute }) => minute >= 0),
    }));
    expect(disagreements(printed)).toEqual([]);
    expect(disagreements(printed, { gauges })).toEqual(printed.alarms.map(({ name }) => name));
  });

  it("has the figures that are assumed, each of which changes when an alarm fires", async () => {
    const [prompt, silent] = [await printedBy("key-revoked"), await printedBy("schedule-stops")];
    const late = { ...prompt.assumed, delayMinutes: prompt.assumed.delayMinutes + 1 };
    expect(disagreements(prompt, { assumed: late })).toContain("key rejected/prod/rehearsal");
    const long = { ...silent.assumed, extraPeriods: silent.assumed.extraPeriods + 1 };
    expect(disagreements(silent, { assumed: long })).toEqual(["monitor silent/shard-0/rehearsal"]);
  });

  it("has how many values a minute has, without which no program could compute an average", async () => {
    const printed = await printedBy("key-revoked-before-outage", { connections: 3, detail: Detail.Fleet });
    const [point] = printed.gauges.find(({ name }) => name === "ServiceFailing")?.points ?? [];
    expect(point).toEqual({ minute: -10, minimum: 0, maximum: 0, sum: 0, sampleCount: 3 });
  });
});

// AWS's tables of 'How alarm state is evaluated when data is missing', with all four columns.
describe.each([
  [3, "0 - X - X", { missing: "OK", ignore: "OK", breaching: "OK", notBreaching: "OK" }],
  [3, "0 - - - -", { missing: "OK", ignore: "OK", breaching: "OK", notBreaching: "OK" }],
  [3, "- - - - -", { missing: "INSUFFICIENT_DATA", ignore: "retain", breaching: "ALARM", notBreaching: "OK" }],
  [3, "0 X X - X", { missing: "ALARM", ignore: "ALARM", breaching: "ALARM", notBreaching: "ALARM" }],
  [3, "- - X - -", { missing: "ALARM", ignore: "retain", breaching: "ALARM", notBreaching: "OK" }],
  [2, "0 - X - X", { missing: "ALARM", ignore: "ALARM", breaching: "ALARM", notBreaching: "ALARM" }],
  [2, "0 0 X 0 X", { missing: "ALARM", ignore: "ALARM", breaching: "ALARM", notBreaching: "ALARM" }],
  [2, "0 - X - -", { missing: "OK", ignore: "OK", breaching: "ALARM", notBreaching: "OK" }],
  [2, "- - - - 0", { missing: "OK", ignore: "OK", breaching: "ALARM", notBreaching: "OK" }],
  [2, "- - - X -", { missing: "ALARM", ignore: "retain", breaching: "ALARM", notBreaching: "OK" }],
] as const)("the independent program's rule for %d of 3, with %s", (datapointsToAlarm, points, expected) => {
  const range = points.split(" ").map((point) => (point === "-" ? undefined : point === "X"));

  it.each(Object.entries(expected))("and missing data '%s', is AWS's: %s", (treatMissingData, cell) => {
    for (const current of ["OK", "ALARM", "INSUFFICIENT_DATA"] as const) {
      const rule = { datapointsToAlarm, evaluationPeriods: 3, treatMissingData };
      expect(stateOf(rule, range, current)).toBe(cell === "retain" ? current : cell);
    }
  });
});
