import { describe, it } from "vitest";
import { Detail } from "../../monitor/metrics.ts";
import { scenarioNames } from "../../monitor/rehearsal/index.ts";
import { everyAlarm } from "../support/every-alarm.ts";
import { expectAgreement } from "../support/recomputed.ts";

describe.each(Object.values(Detail))("an independent program, in %s detail", (detail) => {
  describe.each([15, 60])("with a run every %d minutes", (intervalMinutes) => {
    it.each(scenarioNames)("computes the same states of each alarm from the JSON of '%s'", async (scenario) => {
      await expectAgreement(scenario, { detail, intervalMinutes });
    });
  });

  describe.each([1, 5, 15, 60])("with every alarm that there is and a run every %d minutes", (intervalMinutes) => {
    it.each(scenarioNames)("computes the same states of each alarm from the JSON of '%s'", async (scenario) => {
      await expectAgreement(scenario, { detail, intervalMinutes, alarms: everyAlarm(0.5) });
    });
  });
});
