import { describe, expect, it } from "vitest";
import { Severity } from "../../../../monitor/arguments.ts";
import { Detail } from "../../../../monitor/metrics.ts";
import {
  rehearse,
  renderSvg,
  renderText,
  type ScenarioName,
  scenarioNames,
  scenarios,
} from "../../../../monitor/rehearsal/index.ts";
import { sandboxKey } from "../../../../provider/sandbox/accounts.ts";
import { type Row, timelineOf, told } from "../../../support/timelines.ts";

/** The messages by minute. The trouble begins at minute 10. */
const expected: Readonly<Record<ScenarioName, readonly Row[]>> = {
  quiet: [],
  "first-deployment": [],
  "schedule-never-runs": [[6, "page", "ALARM", "monitor silent/shard-0"]],
  "key-revoked": [
    [13, "page", "ALARM", "key rejected/prod"],
    [42, "page", "OK", "key rejected/prod"],
  ],
  "shared-key-revoked": [
    [13, "page", "ALARM", "key rejected/connection-1"],
    [42, "page", "OK", "key rejected/connection-1"],
  ],
  "all-keys-revoked": [
    [13, "page", "ALARM", "all keys rejected/api.deepseek.com"],
    [42, "page", "OK", "all keys rejected/api.deepseek.com"],
  ],
  "key-revoked-before-outage": [
    [13, "page", "ALARM", "key rejected/prod"],
    [25, "ticket", "ALARM", "service failing/api.deepseek.com"],
    [33, "ticket", "OK", "service failing/api.deepseek.com"],
    [57, "page", "OK", "key rejected/prod"],
  ],
  rotation: [],
  "single-false-401": [],
  unfunded: [
    [13, "page", "ALARM", "insufficient balance/prod"],
    [21, "ticket", "ALARM", "low balance/prod"],
    [42, "page", "OK", "insufficient balance/prod"],
    [45, "ticket", "OK", "low balance/prod"],
  ],
  "model-retired": [
    [16, "ticket", "ALARM", "model or address refused/prod"],
    [42, "ticket", "OK", "model or address refused/prod"],
  ],
  outage: [
    [15, "ticket", "ALARM", "service failing/api.deepseek.com"],
    [23, "ticket", "OK", "service failing/api.deepseek.com"],
  ],
  "long-outage": [
    [15, "ticket", "ALARM", "service failing/api.deepseek.com"],
    [24, "page", "ALARM", "service down/api.deepseek.com"],
    [43, "ticket", "OK", "service failing/api.deepseek.com"],
    [44, "page", "OK", "service down/api.deepseek.com"],
  ],
  "outage-with-401": [
    [13, "page", "ALARM", "all keys rejected/api.deepseek.com"],
    [22, "page", "OK", "all keys rejected/api.deepseek.com"],
  ],
  flapping: [
    [47, "ticket", "ALARM", "service unstable/api.deepseek.com"],
    [106, "ticket", "OK", "service unstable/api.deepseek.com"],
  ],
  "single-timeouts": [],
  "rate-limit": [],
  "rate-limit-lasts": [
    [33, "ticket", "ALARM", "rate limited/prod"],
    [79, "ticket", "OK", "rate limited/prod"],
  ],
  "shared-key-rate-limited": [
    [33, "ticket", "ALARM", "rate limited/connection-1"],
    [79, "ticket", "OK", "rate limited/connection-1"],
  ],
  "shared-key-low-balance": [
    [21, "ticket", "ALARM", "low balance/connection-1"],
    [45, "ticket", "OK", "low balance/connection-1"],
  ],
  "cny-account": [
    [21, "ticket", "ALARM", "low balance/prod"],
    [45, "ticket", "OK", "low balance/prod"],
  ],
  "key-due": [[13, "ticket", "ALARM", "key due for rotation"]],
  "leaked-key": [
    [23, "ticket", "ALARM", "balance falls fast in USD/prod"],
    [46, "ticket", "ALARM", "low balance/prod"],
  ],
  "schedule-stops": [
    [15, "page", "ALARM", "monitor silent/shard-0"],
    [42, "page", "OK", "monitor silent/shard-0"],
  ],
  "secret-deleted": [
    [14, "page", "ALARM", "monitor silent/shard-0"],
    [42, "page", "OK", "monitor silent/shard-0"],
  ],
  "some-secrets-deleted": [
    [14, "page", "ALARM", "monitor silent/shard-0"],
    [42, "page", "OK", "monitor silent/shard-0"],
  ],
  "bad-deployment": [
    [15, "page", "ALARM", "monitor silent/shard-0"],
    [42, "page", "OK", "monitor silent/shard-0"],
  ],
};

describe.each(scenarioNames)("the scenario '%s'", (scenario) => {
  it("sends exactly the expected messages, in the expected minutes", async () => {
    expect(told(await timelineOf(scenario))).toEqual(expected[scenario]);
  });

  it.each([1, 5, 60])("sends no recovery while the cause lasts, with a run every %d minutes", async (every) => {
    const { messages } = await timelineOf(scenario, every === 1 ? {} : { intervalMinutes: every });
    for (const { alarm, from, to } of scenarios[scenario].script(every).causes) {
      const false_ = messages.filter((message) => message.kind === alarm && message.to !== "ALARM");
      expect(false_.filter(({ minute }) => minute >= from && minute <= to)).toEqual([]);
    }
  });

  it("shows no key in any output", async () => {
    const timeline = await timelineOf(scenario);
    const shown = JSON.stringify(timeline) + renderText(timeline) + renderSvg(timeline);
    for (const nth of [1, 2, 3]) expect(shown).not.toContain(sandboxKey(`rehearsal ${nth}`).slice(3));
  });

  it("fits a terminal of 120 columns and has no colours", async () => {
    const text = renderText(await timelineOf(scenario));
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
    expect(text).not.toContain("\u001b");
  });
});

describe("every cause in a scenario", () => {
  it("raises its alarm, which states the minutes since the cause", async () => {
    for (const scenario of scenarioNames) {
      const { messages } = await timelineOf(scenario);
      for (const { alarm, from } of scenarios[scenario].script(1).causes) {
        const first = messages.find(({ kind, minute }) => kind === alarm && minute >= from);
        expect(first, `${scenario}: ${alarm}`).toMatchObject({
          to: "ALARM",
          minutesAfterCause: first && first.minute - from,
        });
      }
    }
  });
});

describe("no alerts are sent", () => {
  it.each(["single-timeouts", "single-false-401", "rate-limit", "rotation", "quiet"] as const)(
    "by '%s', with every opt-in alarm that has a default threshold, every five minutes too",
    async (scenario) => {
      const alarms = { rateLimited: { enabled: true }, slow: { enabled: true }, keyDueForRotation: { enabled: true } };
      expect((await timelineOf(scenario, { alarms })).messages).toEqual([]);
      expect((await timelineOf(scenario, { alarms, intervalMinutes: 5 })).messages).toEqual([]);
    },
  );
});

describe("one outage of ten connections", () => {
  it("sends each message once, not ten times, and none about a key", async () => {
    const one = told(await timelineOf("long-outage"));
    expect(told(await timelineOf("long-outage", { connections: 10 }))).toEqual(one);
    expect(one.filter(([, severity, state]) => severity === "page" && state === "ALARM")).toHaveLength(1);
  });
});

describe("the secrets of some connections", () => {
  it("that cannot be read leave the share of the others, and their alarms work as usual", async () => {
    for (const detail of Object.values(Detail)) {
      const timeline = await timelineOf("some-secrets-deleted", { connections: 4, detail });
      expect(told(timeline)).toEqual(expected["some-secrets-deleted"]);
      const probed = timeline.gauges.find(({ name }) => name === "Probed")?.points;
      expect(new Set(probed?.map(({ minimum }) => minimum))).toEqual(new Set([1, 0.75]));
      expect(timeline.alarms.flatMap(({ changes }) => changes)).toHaveLength(2);
    }
  });
});

describe("all keys of a base URL", () => {
  it("that are rejected for ten connections send one page and one recovery, in fleet detail too", async () => {
    for (const detail of Object.values(Detail)) {
      const timeline = await timelineOf("all-keys-revoked", { connections: 10, detail });
      expect(told(timeline)).toEqual(expected["all-keys-revoked"]);
    }
  }, 240_000);

  it("that is a single one sends the page about that key, which may also be an outage", async () => {
    expect(told(await timelineOf("outage-with-401", { connections: 1 }))).toEqual([
      [13, "page", "ALARM", "key rejected/prod"],
      [22, "page", "OK", "key rejected/prod"],
    ]);
  });
});

describe("an outage that raises 'service down'", () => {
  it.each([1, 5, 60])("never raises 'service unstable', with a run every %d minutes", async (intervalMinutes) => {
    const outage = await timelineOf("long-outage", { intervalMinutes });
    expect(outage.messages.filter(({ kind }) => kind === "serviceUnstable")).toEqual([]);
  });
});

describe("one revoked key of ten", () => {
  it("raises one alarm, which names its connection", async () => {
    const timeline = await timelineOf("key-revoked", { connections: 10 });
    expect(told(timeline)).toEqual([
      [13, "page", "ALARM", "key rejected/connection-1"],
      [42, "page", "OK", "key rejected/connection-1"],
    ]);
  });
});

describe("fleet detail", () => {
  it("sends one page for a shard whose connections have one revoked key", async () => {
    const timeline = await timelineOf("shared-key-revoked", { connections: 10, detail: Detail.Fleet });
    expect(told(timeline).filter(([, , state]) => state === "ALARM")).toEqual([
      [13, "page", "ALARM", "key rejected/shard-0"],
    ]);
  });

  it("raises an alarm for the secret that a shard shares", async () => {
    const timeline = await timelineOf("secret-deleted", { connections: 3, detail: Detail.Fleet });
    expect(told(timeline)[0]).toEqual([14, "page", "ALARM", "monitor silent/shard-0"]);
  });

  it("is never chosen automatically", async () => {
    expect((await timelineOf("quiet")).detail).toBe(Detail.Connection);
  });
});

describe("the user's settings of alarms", () => {
  it("disable an alarm", async () => {
    const timeline = await timelineOf("key-revoked", { alarms: { keyRejected: { enabled: false } } });
    expect(timeline.messages).toEqual([]);
  });

  it("change who is alerted", async () => {
    const timeline = await timelineOf("key-revoked", { alarms: { keyRejected: { severity: Severity.Ticket } } });
    expect(told(timeline).map(([, severity]) => severity)).toEqual(["ticket", "ticket"]);
  });

  it("change when an alarm fires", async () => {
    const alarms = { serviceUnstable: { threshold: 0.5 } };
    const begins = told(await timelineOf("flapping", { alarms }));
    expect(begins).toEqual([]);
  });

  it("change the alarms on the age of the oldest key and on rate limits", async () => {
    const alarms = {
      keyDueForRotation: { enabled: true, threshold: 30 },
      rateLimited: { threshold: 0.3 },
    };
    const titles = (await timelineOf("rate-limit", { alarms })).alarms
      .filter(({ initial, changes }) => initial === "ALARM" || changes.some(({ to }) => to === "ALARM"))
      .map(({ definition }) => definition.title);
    expect(titles).toEqual(["rate limited", "key due for rotation"]);
  });

  it("cannot enable an alarm that needs a threshold without one", async () => {
    await expect(rehearse("quiet", { alarms: { balanceFallsFast: { enabled: true } } })).rejects.toThrow(
      "'balanceFallsFast'",
    );
  });
});

describe("a slower schedule", () => {
  it("delays an alarm: it fires after two runs and the delay of the metrics", async () => {
    const [first] = told(await timelineOf("key-revoked", { intervalMinutes: 5 }));
    expect(first).toEqual([17, "page", "ALARM", "key rejected/prod"]);
  });

  it("never looks like silence", async () => {
    for (const intervalMinutes of [2, 5, 15, 60]) {
      expect((await timelineOf("quiet", { intervalMinutes })).messages).toEqual([]);
    }
  });
});

describe("the runs of a rehearsal", () => {
  it("are counted, including those that ended in an error", async () => {
    expect((await timelineOf("bad-deployment")).runs).toEqual({ made: 60, failed: 30 });
    expect((await timelineOf("schedule-stops")).runs).toEqual({ made: 30, failed: 0 });
  });

  it("write a gauge each minute, except when nothing was learned", async () => {
    const { gauges } = await timelineOf("outage");
    const minutesOf = (name: string) => gauges.find((gauge) => gauge.name === name)?.points.map(({ minute }) => minute);
    // Ten runs precede minute 0.
    expect(minutesOf("ServiceFailing")).toEqual(Array.from({ length: 65 }, (_, run) => run - 10));
    expect(minutesOf("KeyRejected")).toEqual(
      minutesOf("ServiceFailing")?.filter((minute) => minute < 10 || minute >= 20),
    );
  });
});
