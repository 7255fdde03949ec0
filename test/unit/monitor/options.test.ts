import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { type DeepSeekMonitor, Severity, TestCall } from "../../../monitor/index.ts";
import { exampleKey as key } from "../../support/keys.ts";
import { account, deploy, known, least, region, storedConnections } from "./support/deploy.ts";

const secretArn = `arn:aws:secretsmanager:${region}:${account}:secret:deepseek-AbCdEf`;
const pageTopic = `arn:aws:sns:${region}:${account}:page`;
const ticketTopic = `arn:aws:sns:${region}:${account}:ticket`;
const kmsKeyArn = `arn:aws:kms:${region}:${account}:key/0a1b2c3d`;

async function ownTopicArn({ alertTopic }: DeepSeekMonitor): Promise<string | undefined> {
  return alertTopic && known(alertTopic.arn);
}

describe("each option of the monitor", () => {
  it("dashboard: false leaves out the dashboard, its gauges and its link", async () => {
    const { of, one, monitor } = await deploy({ ...least, dashboard: false });
    expect(of("cloudwatch/dashboard:Dashboard")).toEqual([]);
    expect(one("lambda/function:Function").inputs).toMatchObject({
      environment: { variables: { MONITOR_GAUGES: "RateLimited,BalanceLow" } },
    });
    for (const { inputs } of of("cloudwatch/metricAlarm:MetricAlarm")) {
      expect(inputs["alarmDescription"]).not.toContain("Dashboard:");
    }
    expect(monitor.dashboard).toBeUndefined();
    expect(await known(monitor.dashboardUrl)).toBeUndefined();
  });

  it("secretArn is stored with the base URL, and the function reads the key from there", async () => {
    const { of } = await deploy({ connections: { prod: { secretArn, secretField: "key" } } });
    expect(storedConnections({ of })).toEqual([
      { name: "prod", baseUrl: "https://api.deepseek.com", secretArn, secretField: "key" },
    ]);
  });

  it("model, key date and normalized base URL are stored with the key", async () => {
    const connection = {
      apiKey: key,
      baseUrl: "https://gateway.example/v1//",
      defaultModel: "deepseek-flash",
      keyCreatedAt: "2026-11-01T00:00:00Z",
    };
    const { of } = await deploy({ connections: { prod: connection } });
    expect(storedConnections({ of })).toMatchObject([
      { baseUrl: "https://gateway.example/v1", model: "deepseek-flash", keyCreatedAt: "2026-11-01T00:00:00Z" },
    ]);
    const endpoints = of("cloudwatch/metricAlarm:MetricAlarm").filter(({ name }) => name.includes("gateway"));
    const dimensions = { Monitor: "health-1a2b3c4", Endpoint: "https://gateway.example/v1" };
    expect(endpoints).toHaveLength(4);
    for (const { name, inputs } of endpoints) {
      const query = { metric: { metricName: "ServiceFailing", dimensions } };
      expect(inputs).toMatchObject(name.endsWith("serviceUnstable") ? { metricQueries: [query, {}] } : { dimensions });
    }
  });

  it("two existing topics: no topic or key is created, and each severity uses its topic", async () => {
    const { of, monitor } = await deploy({ ...least, notify: { page: pageTopic, ticket: ticketTopic } });
    for (const type of ["sns/topic:Topic", "sns/topicPolicy:TopicPolicy", "kms/key:Key"]) expect(of(type)).toEqual([]);
    const topicOf = new Map(
      of("cloudwatch/metricAlarm:MetricAlarm").map(({ name, inputs }) => [name, inputs["alarmActions"]]),
    );
    expect(topicOf.get("health/prod/keyRejected")).toEqual([pageTopic]);
    expect(topicOf.get("health/prod/misconfigured")).toEqual([ticketTopic]);
    expect(monitor.alertTopic).toBeUndefined();
  });

  it("one existing topic: the other severity uses the topic that the monitor creates", async () => {
    const { one, monitor } = await deploy({ ...least, notify: { page: pageTopic, emails: ["a@example.com"] } });
    expect(one("sns/topicSubscription:TopicSubscription").inputs["topic"]).toBe(await known(monitor.ticketTopicArn));
    expect(await known(monitor.pageTopicArn)).toBe(pageTopic);
    expect(await known(monitor.ticketTopicArn)).toBe(await ownTopicArn(monitor));
  });

  it("emails are subscribed to alarms that fire or clear, each subscription named by its address", async () => {
    const { of } = await deploy({ ...least, notify: { emails: ["a@example.com", "b@example.com"] } });
    const subscriptions = of("sns/topicSubscription:TopicSubscription");
    expect(subscriptions.map(({ name }) => name)).toEqual(["health/a@example.com", "health/b@example.com"]);
    for (const { inputs } of subscriptions) {
      expect(inputs).toMatchObject({ protocol: "email", filterPolicyScope: "MessageBody" });
      expect(JSON.parse(String(inputs["filterPolicy"]))).toEqual({
        $or: [{ NewStateValue: ["ALARM"] }, { OldStateValue: ["ALARM"] }],
      });
    }
  });

  it("kmsKeyArn encrypts topic and secrets, and no key is created", async () => {
    const { of, one } = await deploy({ ...least, kmsKeyArn });
    expect(of("kms/key:Key")).toEqual([]);
    expect(one("sns/topic:Topic").inputs["kmsMasterKeyId"]).toBe(kmsKeyArn);
    expect(one("secretsmanager/secret:Secret").inputs["kmsKeyId"]).toBe(kmsKeyArn);
  });

  it("without kmsKeyArn the topic has its own key that rotates, never the AWS-managed one", async () => {
    const { one } = await deploy();
    expect(one("kms/key:Key").inputs).toMatchObject({ enableKeyRotation: true, deletionWindowInDays: 7 });
    expect(one("sns/topic:Topic").inputs["kmsMasterKeyId"]).toMatch(/^arn:aws:kms:/);
    expect(one("secretsmanager/secret:Secret").inputs).not.toHaveProperty("kmsKeyId");
  });

  it("a slower schedule makes the alarms' periods longer", async () => {
    const { of, one } = await deploy({ ...least, scheduleExpression: "rate(1 hour)" });
    expect(one("scheduler/schedule:Schedule").inputs["scheduleExpression"]).toBe("rate(60 minutes)");
    const rejected = of("cloudwatch/metricAlarm:MetricAlarm").find(({ name }) => name === "health/prod/keyRejected");
    expect(rejected?.inputs["period"]).toBe(3_600);
  });

  it("testCall, heartbeatUrl and logRetentionDays reach the function and its log", async () => {
    const heartbeatUrl = "https://heartbeat.example/abc";
    const args = { ...least, testCall: TestCall.Models, heartbeatUrl, logRetentionDays: 7 };
    const { one } = await deploy(args);
    expect(one("lambda/function:Function").inputs).toMatchObject({
      environment: { variables: { MONITOR_TEST_CALL: "models", MONITOR_HEARTBEAT_URL: heartbeatUrl } },
    });
    expect(one("cloudwatch/logGroup:LogGroup").inputs["retentionInDays"]).toBe(7);
  });

  it("alarms can be enabled, disabled, and given another severity and threshold", async () => {
    const { of, one } = await deploy({
      ...least,
      dashboard: false,
      notify: { page: pageTopic, ticket: ticketTopic },
      alarms: {
        misconfigured: { enabled: false },
        lowBalance: { threshold: { USD: 5 }, severity: Severity.Page },
        rateLimited: { enabled: false },
      },
    });
    const alarms = new Map(of("cloudwatch/metricAlarm:MetricAlarm").map(({ name, inputs }) => [name, inputs]));
    expect(alarms.has("health/prod/misconfigured")).toBe(false);
    expect(alarms.get("health/prod/lowBalance")).toMatchObject({
      threshold: 1,
      alarmActions: [pageTopic],
      okActions: [pageTopic],
      metricName: "BalanceLow",
      dimensions: { Monitor: "health-1a2b3c4", Connection: "prod" },
    });
    expect(one("lambda/function:Function").inputs).toMatchObject({
      environment: {
        variables: { MONITOR_GAUGES: "BalanceLow,SubscriptionLost", MONITOR_LOW_BALANCE: '{"USD":5,"CNY":15}' },
      },
    });
  });

  it("keyDueForRotation warns of keys without a date, whose age starts again when a connection of their shard changes", async () => {
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    const dated = { apiKey: key, keyCreatedAt: "2026-11-01" };
    const connections = { dated, undated: { apiKey: key }, given: { secretArn } };
    await deploy({ connections });
    expect(warn).not.toHaveBeenCalled();
    await deploy({ connections, alarms: { keyDueForRotation: { enabled: true } } });
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(
        /^DeepSeekMonitor 'health': connections\.undated: has no keyCreatedAt, .* Set keyCreatedAt \[key-age-approximate\]$/,
      ),
    ]);
    warn.mockRestore();
  });

  it("balanceFallsFast compares the highest with the lowest balance in one metric expression", async () => {
    const { of } = await deploy({ ...least, alarms: { balanceFallsFast: { enabled: true, threshold: { CNY: 3 } } } });
    const [alarm, ...more] = of("cloudwatch/metricAlarm:MetricAlarm").filter(({ name }) =>
      name.includes("balanceFallsFast"),
    );
    expect(more).toEqual([]);
    expect(alarm?.name).toBe("health/prod/balanceFallsFast/CNY");
    expect(alarm?.inputs).not.toHaveProperty("metricName");
    expect(alarm?.inputs["metricQueries"]).toMatchObject([
      {
        id: "highest",
        metric: { metricName: "Balance", stat: "Maximum", period: 3_600, dimensions: { Currency: "CNY" } },
        returnData: false,
      },
      { id: "lowest", metric: { metricName: "Balance", stat: "Minimum", period: 3_600 }, returnData: false },
      { expression: "highest - lowest", returnData: true },
    ]);
  });
});
