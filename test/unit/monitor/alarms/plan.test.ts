import { describe, expect, it } from "vitest";
import { alarmDefinitions, alarmKinds } from "../../../../monitor/alarms/catalog.ts";
import { effectiveAlarms } from "../../../../monitor/alarms/plan.ts";
import { Severity } from "../../../../monitor/arguments.ts";
import type { Scope } from "../../../../monitor/metrics.ts";
import { everyAlarm } from "../../../support/every-alarm.ts";

const scopes: readonly Scope[] = ["connection", "endpoint", "shard", "monitor", "topic"];

const kindsOf = (...args: Parameters<typeof effectiveAlarms>) => effectiveAlarms(...args).map(({ kind }) => kind);

describe("effectiveAlarms", () => {
  it("returns the default alarms of each kind of subject", () => {
    expect(Object.fromEntries(scopes.map((scope) => [scope, kindsOf(scope, {}, 1)]))).toEqual({
      connection: ["keyRejected", "unfunded", "misconfigured", "lowBalance", "rateLimited"],
      endpoint: ["allKeysRejected", "serviceFailing", "serviceDown", "serviceUnstable"],
      shard: ["monitorSilent"],
      monitor: [],
      topic: ["subscriptionLost", "deliveryFailed"],
    });
  });

  it("returns each alarm for one kind of subject only, if all are enabled", () => {
    const given = scopes.flatMap((scope) => kindsOf(scope, everyAlarm(1), 1));
    expect(given.toSorted()).toEqual(alarmKinds.toSorted());
  });

  it("leaves out a disabled alarm", () => {
    expect(kindsOf("connection", { unfunded: { enabled: false } }, 1)).not.toContain("unfunded");
  });

  it("does not enable an alarm because it has a threshold", () => {
    expect(kindsOf("endpoint", { slow: { threshold: 5 } }, 1)).not.toContain("slow");
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
    const settings = { balanceFallsFast: { enabled: true } };
    expect(() => effectiveAlarms("connection", settings, 1)).toThrow("The alarm 'balanceFallsFast' needs a threshold.");
  });

  it.each([
    [1, 60, 900],
    [2, 120, 900],
    [5, 300, 1_500],
    [60, 3_600, 18_000],
  ])(
    "makes the periods longer for a schedule of %i minutes, until each contains as many runs, or five",
    (minutes, short, long) => {
      const [, failing, down, unstable] = effectiveAlarms("endpoint", {}, minutes);
      expect([failing?.period, down?.period, unstable?.period]).toEqual([short, short, long]);
      expect(down?.evaluationPeriods).toBe(15);
    },
  );

  it.each([
    [1, 3_600, 6],
    [5, 3_600, 6],
    [15, 3_600, 6],
    [60, 14_400, 24],
  ])("keeps an amount an hour, with a schedule of %i minutes", (minutes, period, threshold) => {
    const settings = { balanceFallsFast: { enabled: true, threshold: { USD: 6 } } };
    const alarm = effectiveAlarms("connection", settings, minutes).find(({ kind }) => kind === "balanceFallsFast");
    expect(alarm).toMatchObject({ period, threshold, currency: "USD", title: "balance falls fast in USD" });
  });

  it("returns one alarm on spending for each currency that has a limit", () => {
    const settings = { balanceFallsFast: { enabled: true, threshold: { CNY: 30, USD: 5 } } };
    const alarms = effectiveAlarms("connection", settings, 1).filter(({ kind }) => kind === "balanceFallsFast");
    expect(alarms.map(({ currency, threshold }) => [currency, threshold])).toEqual([
      ["USD", 5],
      ["CNY", 30],
    ]);
  });

  it("returns one alarm on a low balance, whatever the currency", () => {
    const settings = { lowBalance: { threshold: { CNY: 30, USD: 5 } } };
    const [alarm, ...more] = effectiveAlarms("connection", settings, 1).filter(({ kind }) => kind === "lowBalance");
    expect(more).toEqual([]);
    expect(alarm).toMatchObject({ threshold: 1, title: "low balance" });
  });
});
