import { describe, expect, it } from "vitest";
import { alarmDefinitions, alarmKinds } from "../../../../monitor/alarms/catalog.ts";
import { effectiveAlarms } from "../../../../monitor/alarms/plan.ts";
import { Severity } from "../../../../monitor/arguments.ts";
import type { Scope } from "../../../../monitor/metrics.ts";

const scopes: readonly Scope[] = ["connection", "endpoint", "shard", "monitor"];

const kindsOf = (...args: Parameters<typeof effectiveAlarms>) => effectiveAlarms(...args).map(({ kind }) => kind);

describe("effectiveAlarms", () => {
  it("gives the default alarms of each kind of subject", () => {
    expect(Object.fromEntries(scopes.map((scope) => [scope, kindsOf(scope, {}, 1)]))).toEqual({
      connection: ["keyRejected", "unfunded", "misconfigured"],
      endpoint: ["serviceFailing", "serviceDown", "serviceUnstable"],
      shard: ["monitorSilent"],
      monitor: [],
    });
  });

  it("gives each alarm to one kind of subject only, when all are switched on", () => {
    const all = Object.fromEntries(alarmKinds.map((kind) => [kind, { enabled: true, threshold: 1 }]));
    const given = scopes.flatMap((scope) => kindsOf(scope, all, 1));
    expect(given.toSorted()).toEqual(alarmKinds.toSorted());
  });

  it("leaves out an alarm that is switched off", () => {
    expect(kindsOf("connection", { unfunded: { enabled: false } }, 1)).toEqual(["keyRejected", "misconfigured"]);
  });

  it("does not switch an alarm on for a threshold alone", () => {
    expect(kindsOf("connection", { lowBalance: { threshold: 5 } }, 1)).not.toContain("lowBalance");
  });

  it("takes the user's threshold and severity instead of the definition's", () => {
    const settings = { serviceFailing: { threshold: 0.9, severity: Severity.Page } };
    const [alarm] = effectiveAlarms("endpoint", settings, 1);
    expect(alarm).toEqual({ ...alarmDefinitions.serviceFailing, ...settings.serviceFailing, kind: "serviceFailing" });
  });

  it("takes a threshold of 0 for one", () => {
    const [alarm] = effectiveAlarms("monitor", { keyDueForRotation: { enabled: true, threshold: 0 } }, 1);
    expect(alarm?.threshold).toBe(0);
  });

  it("takes settings that are there but undefined for absent ones", () => {
    const settings = {
      keyRejected: { enabled: undefined, threshold: undefined },
      unfunded: undefined,
    };
    expect(effectiveAlarms("connection", settings, 1)).toEqual(effectiveAlarms("connection", {}, 1));
  });

  it("throws for an alarm whose limit only the user can know", () => {
    const settings = { lowBalance: { enabled: true } };
    expect(() => effectiveAlarms("connection", settings, 1)).toThrow("The alarm 'lowBalance' needs a threshold.");
  });

  it.each([
    [1, 60, 900],
    [5, 300, 4_500],
    [60, 3_600, 54_000],
  ])("stretches the periods of a schedule of %i minutes, so that each holds as many runs", (minutes, short, long) => {
    const [failing, down, unstable] = effectiveAlarms("endpoint", {}, minutes);
    expect([failing?.period, down?.period, unstable?.period]).toEqual([short, short, long]);
    expect(down?.evaluationPeriods).toBe(15);
  });

  it("stretches no period beyond CloudWatch's longest, a day", () => {
    const [alarm] = effectiveAlarms("monitor", { keyDueForRotation: { enabled: true } }, 60);
    expect(alarm?.period).toBe(86_400);
  });
});
