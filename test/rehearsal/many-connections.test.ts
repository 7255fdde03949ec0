import { describe, expect, it } from "vitest";
import { Detail } from "../../monitor/metrics.ts";
import { timelineOf, told } from "../support/timelines.ts";

/* Rehearsals with a whole shard or several. They take long. */

describe("one revoked key in many connections", () => {
  it("sends one page for 50 connections, and one recovery", async () => {
    expect(told(await timelineOf("shared-key-revoked", { connections: 50 }))).toEqual([
      [13, "page", "ALARM", "key rejected/connection-1"],
      [42, "page", "OK", "key rejected/connection-1"],
    ]);
  }, 240_000);

  it("sends one page a shard: four for 200 connections", async () => {
    const timeline = await timelineOf("shared-key-revoked", { connections: 200 });
    const pages = told(timeline).filter(([, , state]) => state === "ALARM");
    expect(pages).toEqual([1, 100, 101, 151].map((first) => [13, "page", "ALARM", `key rejected/connection-${first}`]));
    expect(told(timeline)).toHaveLength(2 * pages.length);
  }, 600_000);
});

describe.each([
  ["shared-key-low-balance", "low balance"],
  ["shared-key-rate-limited", "rate limited"],
] as const)("the account of one key in many connections: '%s'", (scenario, title) => {
  it("sends one ticket a shard and one recovery each, in either detail", async () => {
    for (const [detail, subjects] of [
      [Detail.Connection, ["connection-1", "connection-51"]],
      [Detail.Fleet, ["shard-0", "shard-1"]],
    ] as const) {
      const rows = told(await timelineOf(scenario, { connections: 60, detail }));
      expect(rows.map(([, ...row]) => row)).toEqual(
        ["ALARM", "OK"].flatMap((to) => subjects.map((subject) => ["ticket", to, `${title}/${subject}`])),
      );
    }
  }, 240_000);
});

describe("fleet detail of more than one shard", () => {
  it("raises the alarm of the shard of a revoked key, in the same minute", async () => {
    const timeline = await timelineOf("key-revoked", { connections: 51, detail: Detail.Fleet });
    expect(told(timeline)).toEqual([
      [13, "page", "ALARM", "key rejected/shard-0"],
      [42, "page", "OK", "key rejected/shard-0"],
    ]);
    expect(timeline.alarms.filter(({ definition }) => definition.kind === "keyRejected")).toHaveLength(2);
  }, 120_000);
});
