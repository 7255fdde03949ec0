import { describe, expect, test } from "vitest";
import { judge } from "./plugin/provider.ts";
import { types } from "./plugin/table.ts";

/** Inputs that AWS accepts. Each case below changes one of them. */
const good = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    name: "a",
    alarmDescription: "d",
    alarmActions: ["t"],
    okActions: ["t"],
    period: 60,
    evaluationPeriods: 15,
    datapointsToAlarm: 13,
    dimensions: { Monitor: "m" },
  },
  "aws:cloudwatch/dashboard:Dashboard": { dashboardName: "d", dashboardBody: '{"widgets":[]}' },
  "aws:cloudwatch/logGroup:LogGroup": { name: "/aws/lambda/f", retentionInDays: 30 },
  "aws:iam/role:Role": { name: "r", assumeRolePolicy: "{}" },
  "aws:iam/rolePolicy:RolePolicy": { name: "p", role: "r", policy: "{}" },
  "aws:kms/key:Key": { policy: "{}", deletionWindowInDays: 7 },
  "aws:lambda/function:Function": { name: "f", environment: { variables: { A: "a" } }, timeout: 50, memorySize: 256 },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
    functionName: "f",
    maximumEventAgeInSeconds: 60,
    maximumRetryAttempts: 0,
  },
  "aws:scheduler/schedule:Schedule": {
    name: "s",
    scheduleExpression: "rate(1 minute)",
    target: { input: "{}", retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 } },
  },
  "aws:secretsmanager/secret:Secret": { name: "m/main", recoveryWindowInDays: 7 },
  "aws:sns/topic:Topic": { name: "t", displayName: "d" },
  "aws:sqs/queue:Queue": { name: "q", messageRetentionSeconds: 1_209_600 },
} as const;

type Token = keyof typeof good;

function reasons(token: Token, inputs: object): string[] {
  const type = types[token];
  if (type === undefined) throw new Error(`There is no type ${token}.`);
  return judge(type, { ...good[token], ...inputs });
}

const long = (length: number) => "x".repeat(length);
const widget = (changes: object) =>
  JSON.stringify({ widgets: [{ type: "text", width: 24, height: 2, properties: { markdown: "m" }, ...changes }] });

describe("the AWS plugin's checks of limits that the emulator does not enforce", () => {
  test.each(Object.keys(good) as Token[])("accept a valid %s", (token) => {
    expect(reasons(token, {})).toEqual([]);
  });

  test.each<[Token, object, object, string]>([
    [
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      { alarmDescription: long(1_024) },
      { alarmDescription: long(1_025) },
      "description has 1025 characters, AWS takes 1024",
    ],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { name: long(255) }, { name: long(256) }, "name has 256"],
    [
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      { alarmActions: Array(5).fill("t") },
      { alarmActions: Array(6).fill("t") },
      "actions are 6, AWS takes 5",
    ],
    [
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      { okActions: [] },
      { okActions: Array(6).fill("t") },
      "OK actions are 6",
    ],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { period: 120 }, { period: 90 }, "no multiple of 60"],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { period: 3_600 }, { period: 3_540, evaluationPeriods: 25 }, "longer"],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { datapointsToAlarm: 15 }, { datapointsToAlarm: 16 }, "cannot breach"],
    [
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      { dimensions: { Endpoint: long(1_024) } },
      { dimensions: { Endpoint: long(1_025) } },
      "'Endpoint' has 1025",
    ],
    ["aws:cloudwatch/dashboard:Dashboard", { dashboardName: "a-_1" }, { dashboardName: "a/b" }, "name 'a/b'"],
    ["aws:cloudwatch/dashboard:Dashboard", {}, { dashboardBody: "{" }, "no JSON"],
    ["aws:cloudwatch/dashboard:Dashboard", {}, { dashboardBody: "{}" }, "no list of widgets"],
    [
      "aws:cloudwatch/dashboard:Dashboard",
      { dashboardBody: widget({}) },
      { dashboardBody: widget({ x: 1 }) },
      "24 columns",
    ],
    ["aws:cloudwatch/dashboard:Dashboard", {}, { dashboardBody: widget({ type: "chart" }) }, "no known type: chart"],
    ["aws:cloudwatch/dashboard:Dashboard", {}, { dashboardBody: widget({ type: "metric" }) }, "lacks 'region'"],
    ["aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 14 }, { retentionInDays: 15 }, "for 15 days"],
    ["aws:iam/role:Role", { name: long(64) }, { name: long(65) }, "name has 65 characters"],
    ["aws:iam/role:Role", {}, { assumeRolePolicy: JSON.stringify(long(2_047)) }, "AWS takes 2048"],
    [
      "aws:iam/rolePolicy:RolePolicy",
      // Whitespace does not count.
      { policy: `${" ".repeat(500)}"${long(10_238)}"` },
      { policy: `"${long(10_239)}"` },
      "has 10241 bytes, AWS takes 10240",
    ],
    ["aws:kms/key:Key", { deletionWindowInDays: 30 }, { deletionWindowInDays: 6 }, "takes 7 to 30"],
    ["aws:lambda/function:Function", { name: long(64) }, { name: long(65) }, "name has 65 characters"],
    [
      "aws:lambda/function:Function",
      { environment: { variables: { A: long(4_096 - 8) } } },
      { environment: { variables: { A: long(4_096 - 7) } } },
      "has 4097 bytes, AWS takes 4096",
    ],
    [
      "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
      { maximumEventAgeInSeconds: 21_600 },
      { maximumEventAgeInSeconds: 59 },
      "takes 60 to 21600",
    ],
    [
      "aws:scheduler/schedule:Schedule",
      { scheduleExpression: "rate(60 minutes)" },
      { scheduleExpression: "rate(30 seconds)" },
      "'rate(30 seconds)'",
    ],
    ["aws:scheduler/schedule:Schedule", {}, { scheduleExpression: "rate(0 minutes)" }, "'rate(0 minutes)'"],
    ["aws:scheduler/schedule:Schedule", { name: long(64) }, { name: "a/b" }, "name 'a/b'"],
    [
      "aws:scheduler/schedule:Schedule",
      { target: { input: long(262_144) } },
      { target: { input: long(262_145) } },
      "has 262145 bytes, AWS takes 262144",
    ],
    ["aws:secretsmanager/secret:Secret", { recoveryWindowInDays: 0 }, { recoveryWindowInDays: 1 }, "takes 7 to 30"],
    ["aws:sns/topic:Topic", { displayName: long(100) }, { displayName: long(101) }, "AWS takes 100"],
    ["aws:sqs/queue:Queue", { name: long(80) }, { name: long(81) }, "the queue's name"],
  ])("%s: %j is accepted, %j is not", (token, taken, refused, reason) => {
    expect(reasons(token, taken)).toEqual([]);
    expect(reasons(token, refused)).toEqual([expect.stringContaining(reason)]);
  });

  test("skip a value that is not known yet", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect(reasons("aws:iam/rolePolicy:RolePolicy", { policy: unknown })).toEqual([]);
    expect(reasons("aws:lambda/function:Function", { environment: { variables: { A: unknown } } })).toEqual([]);
  });

  test("reject an input that the plugin does not translate", () => {
    expect(reasons("aws:sns/topic:Topic", { fifoTopic: true })).toEqual([expect.stringContaining("'fifoTopic'")]);
  });
});
