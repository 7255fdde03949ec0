import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { DeepSeekMonitor, type DeepSeekMonitorArgs } from "../../../monitor/index.ts";
import { account, deploy, known, least, region, run } from "./support/deploy.ts";

const topic = (name: string) => `arn:aws:sns:${region}:${account}:${name}`;
const own = topic("health-1a2b3c4-alerts");

type Deployed = Awaited<ReturnType<typeof deploy>>;

/** The alarms on topics: to which topic each is sent, and what it reads. */
function alarmsOf({ of }: Pick<Deployed, "of">) {
  return Object.fromEntries(
    of("cloudwatch/metricAlarm:MetricAlarm")
      .filter(({ name }) => /(page|ticket)-topic/.test(name))
      .map(({ name, inputs }) => [name, inputs]),
  );
}

describe("the alarms on topics", () => {
  it("are none if one topic receives pages and tickets: nobody would get them", async () => {
    const both = { page: topic("on-call"), ticket: topic("on-call") };
    for (const notify of [undefined, { emails: ["a@example.com"] }, both]) {
      const deployed = await deploy({ ...least, notify });
      expect(alarmsOf(deployed)).toEqual({});
      const { environment } = deployed.one("lambda/function:Function").inputs;
      expect(JSON.stringify(environment)).not.toContain("SubscriptionLost");
    }
  });

  it("are two for each topic, each sent to the other topic, firing and clearing", async () => {
    const [pages, tickets] = [topic("on-call"), topic("chat")];
    const alarms = alarmsOf(await deploy({ ...least, notify: { page: pages, ticket: tickets } }));
    const sent = Object.entries(alarms).map(([name, { alarmActions, okActions }]) => [name, alarmActions, okActions]);
    expect(sent.toSorted()).toEqual([
      ["health/page-topic/deliveryFailed", [tickets], [tickets]],
      ["health/page-topic/subscriptionLost", [tickets], [tickets]],
      ["health/ticket-topic/deliveryFailed", [pages], [pages]],
      ["health/ticket-topic/subscriptionLost", [pages], [pages]],
    ]);
    expect(alarms["health/page-topic/subscriptionLost"]).toMatchObject({
      name: "subscription lost/page-topic/health-1a2b3c4",
      namespace: "DeepSeekMonitor",
      metricName: "SubscriptionLost",
      dimensions: { Monitor: "health-1a2b3c4", Topic: "page" },
      alarmDescription: expect.stringMatching(/^The topic of severity page\nSeverity ticket, stack project\/stack\n/),
    });
    expect(alarms["health/ticket-topic/deliveryFailed"]).toMatchObject({
      name: "delivery failed/ticket-topic/health-1a2b3c4",
      namespace: "AWS/SNS",
      metricName: "NumberOfNotificationsFailed",
      dimensions: { TopicName: "chat" },
      statistic: "Sum",
      treatMissingData: "notBreaching",
      alarmDescription: expect.stringMatching(/^The topic of severity ticket\nSeverity page, /),
    });
  });

  it("exist if one topic is the monitor's own, and the outputs contain them", async () => {
    const deployed = await deploy({ ...least, notify: { page: topic("on-call"), emails: ["a@example.com"] } });
    const alarms = alarmsOf(deployed);
    expect(alarms["health/page-topic/subscriptionLost"]).toMatchObject({ alarmActions: [own] });
    expect(alarms["health/ticket-topic/deliveryFailed"]).toMatchObject({
      dimensions: { TopicName: "health-1a2b3c4-alerts" },
      alarmActions: [topic("on-call")],
    });
    expect(await known(deployed.monitor.alarmNames)).toContain("delivery failed/ticket-topic/health-1a2b3c4");
    const { environment } = deployed.one("lambda/function:Function").inputs as {
      readonly environment: { readonly variables: Readonly<Record<string, string>> };
    };
    expect(environment.variables["MONITOR_GAUGES"]).toContain("SubscriptionLost");
    expect(JSON.parse(environment.variables["MONITOR_TOPICS"] ?? "")).toEqual([
      { arn: topic("on-call"), severities: ["page"], expected: 1 },
      { arn: own, severities: ["ticket"], expected: 1 },
    ]);
  });

  it("do not depend on the schedule if AWS writes their metric", async () => {
    const notify = { page: topic("on-call"), ticket: topic("chat") };
    const alarms = alarmsOf(await deploy({ ...least, notify, scheduleExpression: "rate(1 hour)" }));
    expect(alarms["health/page-topic/deliveryFailed"]?.["period"]).toBe(3_600);
    expect(alarms["health/page-topic/subscriptionLost"]?.["period"]).toBe(14_400);
  });

  it("can be turned off, and have no other settings", async () => {
    const args: DeepSeekMonitorArgs = {
      ...least,
      notify: { page: topic("on-call"), ticket: topic("chat") },
      alarms: { subscriptionLost: { enabled: false } },
    };
    const deployed = await deploy(args);
    expect(Object.keys(alarmsOf(deployed))).toEqual([
      "health/page-topic/deliveryFailed",
      "health/ticket-topic/deliveryFailed",
    ]);
    expect(JSON.stringify(deployed.one("lambda/function:Function").inputs)).not.toContain("SubscriptionLost");
    const wrong = { deliveryFailed: { severity: "page" } } as object;
    expect(() => new DeepSeekMonitor("other", { ...args, alarms: wrong })).toThrow(/alarms\.deliveryFailed\.severity/);
  });

  it("are shown by a preview as soon as it knows whether the topics differ", async () => {
    const unknown = pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
    const preview = (notify: NonNullable<DeepSeekMonitorArgs["notify"]>) =>
      run(() => new DeepSeekMonitor("health", { ...least, notify }), true);
    expect(Object.keys(alarmsOf(await preview({ page: unknown })))).toHaveLength(4);
    expect(alarmsOf(await preview({ page: unknown, ticket: unknown }))).toEqual({});
  });
});
