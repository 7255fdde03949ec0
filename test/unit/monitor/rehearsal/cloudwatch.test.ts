import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, type Period } from "../../../../monitor/rehearsal/cloudwatch.ts";
import type { AlarmState } from "../../../../monitor/rehearsal/timeline.ts";

// Both tables, and the examples after them, are those of 'How alarm state is evaluated when data is missing' in
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, without the columns of the
// modes that no alarm of the monitor uses.

const states = ["OK", "ALARM", "INSUFFICIENT_DATA"] as const;
const modes = ["ignore", "breaching"] as const;
type Cell = AlarmState | "retain";
type Row = readonly [points: string, cells: Readonly<Record<(typeof modes)[number], Cell>>];

/** As the documentation writes them: 0 is good, X is breaching, - is missing; the newest is on the right. */
function periods(points: string): Period[] {
  return points.split(" ").map((point) => (point === "-" ? undefined : point === "X"));
}

const threeOfThree: readonly Row[] = [
  ["0 - X - X", { ignore: "OK", breaching: "OK" }],
  ["0 - - - -", { ignore: "OK", breaching: "OK" }],
  ["- - - - -", { ignore: "retain", breaching: "ALARM" }],
  ["0 X X - X", { ignore: "ALARM", breaching: "ALARM" }],
  ["- - X - -", { ignore: "retain", breaching: "ALARM" }],
];

const twoOfThree: readonly Row[] = [
  ["0 - X - X", { ignore: "ALARM", breaching: "ALARM" }],
  ["0 0 X 0 X", { ignore: "ALARM", breaching: "ALARM" }],
  ["0 - X - -", { ignore: "OK", breaching: "ALARM" }],
  ["- - - - 0", { ignore: "OK", breaching: "ALARM" }],
  ["- - - X -", { ignore: "retain", breaching: "ALARM" }],
];

describe.each([
  ["3 of 3", 3, threeOfThree],
  ["2 of 3", 2, twoOfThree],
] as const)("CloudWatch's table for %s", (_, datapointsToAlarm, table) => {
  describe.each(table)("%s", (points, expected) => {
    it.each(modes.flatMap((mode) => states.map((current) => [mode, current] as const)))(
      "with missing data '%s', from %s",
      (missingData, current) => {
        const rule = { datapointsToAlarm, evaluationPeriods: 3, missingData };
        const cell = expected[missingData];
        expect(evaluate(rule, periods(points), current)).toBe(cell === "retain" ? current : cell);
      },
    );
  });
});

describe("a premature alarm", () => {
  it.each(["- - - - X", "- - - X -"])("does not fire while the only breaching datapoint is recent: %s", (points) => {
    const rule = { datapointsToAlarm: 3, evaluationPeriods: 3, missingData: "ignore" } as const;
    expect(evaluate(rule, periods(points), "OK")).toBe("OK");
  });

  it.each(["- - - X 0", "- - X - 0"])("does not fire if the next datapoint is good: %s", (points) => {
    const rule = { datapointsToAlarm: 3, evaluationPeriods: 3, missingData: "ignore" } as const;
    expect(evaluate(rule, periods(points), "OK")).toBe("OK");
  });
});

describe("a recovery", () => {
  it("needs a good datapoint, however few datapoints there are", () => {
    const rule = { datapointsToAlarm: 2, evaluationPeriods: 2, missingData: "ignore" } as const;
    expect(evaluate(rule, periods("- - - X"), "ALARM")).toBe("ALARM");
    expect(evaluate(rule, periods("- - - -"), "ALARM")).toBe("ALARM");
    expect(evaluate(rule, periods("- X 0 -"), "ALARM")).toBe("OK");
  });

  it("of an alarm that ignores missing data always needs a good datapoint in the range", () => {
    const period = fc.constantFrom<Period>(true, false, undefined);
    fc.assert(
      fc.property(
        fc.array(period, { minLength: 3, maxLength: 20 }),
        fc.integer({ min: 1, max: 15 }),
        fc.integer({ min: 1, max: 15 }),
        (range, m, n) => {
          const rule = { datapointsToAlarm: Math.min(m, n), evaluationPeriods: n, missingData: "ignore" } as const;
          if (evaluate(rule, range, "ALARM") === "OK") expect(range).toContain(false);
        },
      ),
    );
  });
});

describe("missing data that do not breach, as of a metric that AWS writes only if something fails", () => {
  it.each(states)("clear the alarm, whatever its state was: %s", (current) => {
    const rule = { datapointsToAlarm: 1, evaluationPeriods: 1, missingData: "notBreaching" } as const;
    expect(evaluate(rule, periods("- - X"), current)).toBe("ALARM");
    expect(evaluate(rule, periods("- - -"), current)).toBe("OK");
  });
});

describe("an evaluation without gaps", () => {
  it("looks only at the newest N periods and counts M of them, whatever the missing-data mode", () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 15, maxLength: 20 }),
        fc.integer({ min: 1, max: 15 }),
        fc.integer({ min: 1, max: 15 }),
        fc.constantFrom(...modes),
        fc.constantFrom(...states),
        (range, m, n, missingData, current) => {
          const rule = { datapointsToAlarm: Math.min(m, n), evaluationPeriods: n, missingData };
          const breaching = range.slice(-n).filter(Boolean).length;
          expect(evaluate(rule, range, current)).toBe(breaching >= rule.datapointsToAlarm ? "ALARM" : "OK");
        },
      ),
    );
  });
});
