import { describe, expect, it } from "vitest";
import { emfDocument } from "../../../../monitor/lambda/measurements.ts";
import { NAMESPACE } from "../../../../monitor/metrics.ts";
import { MetricStore, readSamples, statisticOf } from "../../../../monitor/rehearsal/metric-store.ts";

const timestamp = Date.UTC(2026, 0, 5);

function document(change: object = {}, directive: object = {}) {
  return JSON.stringify({
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [
        { Namespace: NAMESPACE, Dimensions: [["Monitor"]], Metrics: [{ Name: "Probed", Unit: "None" }], ...directive },
      ],
    },
    Monitor: "m",
    Probed: 1,
    ...change,
  });
}

describe("a printed line", () => {
  it("of the function contains the measured samples", () => {
    const line = emfDocument(
      { dimensions: { Monitor: "m", Endpoint: "e" }, values: { ServiceFailing: [1, 0] } },
      timestamp,
    );
    expect(readSamples(line, NAMESPACE)).toEqual([
      { name: "ServiceFailing", dimensions: { Monitor: "m", Endpoint: "e" }, timestamp, values: [1, 0] },
    ]);
  });

  it("contains a metric once for each set of dimensions", () => {
    const line = document({ Shard: "0" }, { Dimensions: [["Monitor"], ["Monitor", "Shard"]] });
    expect(readSamples(line, NAMESPACE).map(({ dimensions }) => dimensions)).toEqual([
      { Monitor: "m" },
      { Monitor: "m", Shard: "0" },
    ]);
  });

  it.each([
    ["no JSON", "Probed 1 of 1 connections."],
    ["a log line", JSON.stringify({ level: "INFO", message: "Probed 1 of 1 connections." })],
    ["another namespace", document({}, { Namespace: "AWS/Lambda" })],
    ["a dimension without a value", document({ Monitor: undefined })],
    ["a dimension that is no text", document({ Monitor: 1 })],
    ["a metric without a value", document({ Probed: undefined })],
    ["a value that is no number", document({ Probed: "1" })],
    ["more values than a metric may have", document({ Probed: Array.from({ length: 101 }, () => 1) })],
  ])("with %s contains no samples", (_, line) => {
    expect(readSamples(line, NAMESPACE)).toEqual([]);
  });
});

describe("a statistic of a metric", () => {
  const id = { name: "Balance", dimensions: { Monitor: "m", Connection: "c" } };
  const store = new MetricStore();
  for (const [minute, values] of [
    [1, [4, 6]],
    [2, [1]],
    [4, [9]],
  ] as const) {
    store.add({ ...id, timestamp, values }, minute);
  }

  it.each([
    ["Minimum", 1],
    ["Maximum", 6],
    ["Average", 11 / 3],
    ["Range", 5],
  ] as const)("%s is over all values of the period", (statistic, value) => {
    expect(statisticOf(store.of(id), statistic, { from: 0, to: 4, seenAt: 10 })).toBe(value);
  });

  it("is of the same metric, whatever the order of its dimensions", () => {
    const turned = { name: "Balance", dimensions: { Connection: "c", Monitor: "m" } };
    expect(statisticOf(store.of(turned), "Maximum", { from: 4, to: 5, seenAt: 10 })).toBe(9);
  });

  it("leaves out a minute until one minute after its end", () => {
    expect(statisticOf(store.of(id), "Maximum", { from: 0, to: 5, seenAt: 5 })).toBe(6);
    expect(statisticOf(store.of(id), "Maximum", { from: 0, to: 5, seenAt: 6 })).toBe(9);
  });

  it("is undefined if nothing was written", () => {
    expect(statisticOf(store.of(id), "Maximum", { from: 3, to: 4, seenAt: 10 })).toBeUndefined();
    expect(statisticOf(store.of({ ...id, name: "Probed" }), "Minimum", { from: 0, to: 9, seenAt: 10 })).toBeUndefined();
  });
});
