import { describe, expect, it } from "vitest";
import { alarmDefinitions, alarmKinds } from "../../../../monitor/alarms/catalog.ts";
import { effectiveAlarms } from "../../../../monitor/alarms/plan.ts";
import { Severity } from "../../../../monitor/arguments.ts";
import type { Scope } from "../../../../monitor/metrics.ts";

const scopes: readonly Scope[] = ["connection", "endpoint", "shard", "monitor"];

const kindsOf = (...args: Parameters<typeof effectiveAlarms>) => effectiveAlarms(...args).map(({ kind }) => kind);

describe("effectiveAlarms", () => {
  it("returns the default alarms of each kind of subject", () => {
    expect(Object.fromEntries(scopes.map((scope) => [scope, kindsOf(scope, {}, 1)]))).toEqual({
      connection: ["keyRejected", "unfunded", "misconfigured"],
      endpoint: ["allKeysRejected", "serviceFailing", "serviceDown", "serviceUnstable"],
      shard: ["monitorSilent"],
      monitor: [],
    });
  });

  it("returns each alarm for one kind of subject only, if all are enabled", () => {
    const all = Object.fromEntries(alarmKinds.map((kind) => [kind, { enabled: true, threshold: 1 }]));
    const given = scopes.flatMap((scope) => kindsOf(scope, all, 1));
    expect(given.toSorted()).toEqual(alarmKinds.toSorted());
  });

  it("leaves out a disabled alarm", () => {
    expect(kindsOf("connection", { unfunded: { enabled: false } }, 1)).toEqual(["keyRejected", "misconfigured"]);
  });

  it("does not enable an alarm because it has a threshold", () => {
    expect(kindsOf("connection", { lowBalance: { threshold: 5 } }, 1)).not.toContain("lowBalance");
  });

  it("prefers the user's threshold and severity to the definition's", () => {
    const settings = { serviceFailing: { threshold: 0.9, severity: Severity.Page } };
    const [, alarm] = effectiveAlarms("endpoint", settings, 1);
    expect(alarm).toEqual({ ...alarmDefinitions.serviceFailing, ...settings.serviceFailing, kind: "serviceFailing" });
  });

  it("accepts a threshold of 0", () => {
    const [alarm] = effectiveAlarms("monitor", { keyDueForRotation: { enabled: true, threshold: 0 } }, 1);
    expect(alarm?.threshold).toBe(0);
  });

  it("treats undefined settings as absent", () => {
    const settings = {
      keyRejected: { enabled: undefined, threshold: undefined },
      unfunded: undefined,
    };
    expect(effectiveAlarms("connection", settings, 1)).toEqual(effectiveAlarms("connection", {}, 1));
  });

  it("throws for an enabled alarm without a threshold or a default", () => {
    const settings = { lowBalance: { enabled: true } };
    expect(() => effectiveAlarms("connection", settings, 1)).toThrow("The alarm 'lowBalance' needs a threshold.");
  });

  it.each([
    [1, 60, 900],
    [5, 300, 4_500],
    [60, 3_600, 54_000],
  ])(
    "makes the periods longer for a schedule of %i minutes, so that each contains as many runs",
    (minutes, short, long) => {
      const [, failing, down, unstable] = effectiveAlarms("endpoint", {}, minutes);
      expect([failing?.period, down?.period, unstable?.period]).toEqual([short, short, long]);
      expect(down?.evaluationPeriods).toBe(15);
    },
  );

  it("makes no period longer than a day, CloudWatch's maximum", () => {
    const [alarm] = effectiveAlarms("monitor", { keyDueForRotation: { enabled: true } }, 60);
    expect(alarm?.period).toBe(86_400);
  });
});
