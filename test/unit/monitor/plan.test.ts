import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { DeepSeekMonitor, type DeepSeekMonitorArgs, Detail, TestCall } from "../../../monitor/index.ts";
import { settingsOf } from "../../../monitor/settings.ts";
import { exampleKey as key } from "../../support/keys.ts";
import { account, deploy, known, least, region, run } from "./support/deploy.ts";

/** Creates that many connections, each with its own key. */
function connections(count: number): DeepSeekMonitorArgs["connections"] {
  const keyOf = (index: number) => `sk-${index.toString(16).padStart(32, "0")}`;
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, { apiKey: keyOf(index) }]));
}

const kmsKeyArn = `arn:aws:kms:${region}:${account}:key/0a1b2c3d`;

describe("the plan for one connection", () => {
  it("has exactly these resources", async () => {
    const { resources } = await deploy();
    expect(resources.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      "cloudwatch/dashboard:Dashboard health",
      "cloudwatch/logGroup:LogGroup health",
      "cloudwatch/metricAlarm:MetricAlarm health/api.deepseek.com/serviceDown",
      "cloudwatch/metricAlarm:MetricAlarm health/api.deepseek.com/serviceFailing",
      "cloudwatch/metricAlarm:MetricAlarm health/api.deepseek.com/serviceUnstable",
      "cloudwatch/metricAlarm:MetricAlarm health/prod/keyRejected",
      "cloudwatch/metricAlarm:MetricAlarm health/prod/misconfigured",
      "cloudwatch/metricAlarm:MetricAlarm health/prod/unfunded",
      "cloudwatch/metricAlarm:MetricAlarm health/shard-0/monitorSilent",
      "cloudwatch/queryDefinition:QueryDefinition health",
      "deepseek:index:DeepSeekMonitor health",
      "iam/role:Role health",
      "iam/role:Role health.schedule",
      "iam/rolePolicy:RolePolicy health",
      "iam/rolePolicy:RolePolicy health.schedule",
      "kms/key:Key health",
      "lambda/function:Function health",
      "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig health",
      "lambda/invocation:Invocation health/shard-0",
      "scheduler/schedule:Schedule health/shard-0",
      "scheduler/scheduleGroup:ScheduleGroup health",
      "secretsmanager/secret:Secret health/prod",
      "secretsmanager/secretVersion:SecretVersion health/prod",
      "sns/topic:Topic health",
      "sns/topicPolicy:TopicPolicy health",
      "sqs/queue:Queue health",
    ]);
  });

  it("names everything except the roles after the schedule group, whose name is generated", async () => {
    const { of, one } = await deploy();
    expect(one("lambda/function:Function").inputs).toMatchObject({ name: "health-1a2b3c4" });
    expect(one("cloudwatch/logGroup:LogGroup").inputs).toEqual({
      name: "/aws/lambda/health-1a2b3c4",
      retentionInDays: 30,
    });
    expect(one("secretsmanager/secret:Secret").inputs).toMatchObject({
      name: "health-1a2b3c4/prod",
      recoveryWindowInDays: 0,
    });
    for (const { inputs } of of("cloudwatch/metricAlarm:MetricAlarm")) {
      expect(inputs["name"]).toMatch(/^health-1a2b3c4\//);
    }
    expect(one("scheduler/scheduleGroup:ScheduleGroup").inputs).toEqual({});
    for (const { inputs } of [...of("iam/role:Role"), ...of("iam/rolePolicy:RolePolicy")]) {
      expect(inputs).not.toHaveProperty("name");
    }
  });

  it("runs the bundle on Node 24 and ARM with a timeout of one minute, and without a key in its environment", async () => {
    const { one } = await deploy();
    expect(one("lambda/function:Function").inputs).toMatchObject({
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      memorySize: 256,
      timeout: 60,
      loggingConfig: { logFormat: "Text", logGroup: "/aws/lambda/health-1a2b3c4" },
      environment: {
        variables: {
          MONITOR_NAME: "health-1a2b3c4",
          MONITOR_TEST_CALL: "chat",
          MONITOR_DETAIL: "connection",
          MONITOR_GAUGES: "LatencyMs,Balance",
        },
      },
    });
  });

  it("has no retries: a run that could not start is useless once the next one starts", async () => {
    const { one } = await deploy();
    const never = { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 };
    expect(one("lambda/functionEventInvokeConfig:FunctionEventInvokeConfig").inputs).toMatchObject(never);
    expect(one("scheduler/schedule:Schedule").inputs).toMatchObject({
      scheduleExpression: "rate(1 minute)",
      flexibleTimeWindow: { mode: "OFF" },
      target: { retryPolicy: never, deadLetterConfig: { arn: expect.stringMatching(/health-1a2b3c4-undelivered$/) } },
    });
  });

  it("invokes the function once, with the schedule's event", async () => {
    const { one } = await deploy();
    const target = one("scheduler/schedule:Schedule").inputs["target"] as { readonly input: string };
    const { input, lifecycleScope, terraformKey } = one("lambda/invocation:Invocation").inputs;
    const { smoke, ...event } = JSON.parse(String(input));
    expect(smoke).toBeTruthy();
    // A changed input updates the invocation; the provider then replaces `smoke` by its own description of the operation.
    expect({ lifecycleScope, terraformKey }).toEqual({ lifecycleScope: "CRUD", terraformKey: "smoke" });
    expect(event).toEqual(JSON.parse(target.input));
    expect(event).toEqual({
      shard: "0",
      connections: [
        { name: "prod", baseUrl: "https://api.deepseek.com", secretArn: expect.stringMatching(/health-1a2b3c4\/prod/) },
      ],
    });
  });

  it("invokes it again only if the environment or the permissions change", async () => {
    const testedIn = async (args: DeepSeekMonitorArgs): Promise<Readonly<Record<string, string>>> =>
      JSON.parse(String((await deploy(args)).one("lambda/invocation:Invocation").inputs["input"])).smoke;
    const before = await testedIn(least);
    expect(await testedIn({ ...least, logRetentionDays: 7 })).toEqual(before);
    const otherCall = await testedIn({ ...least, testCall: TestCall.Models });
    expect(otherCall["environment"]).not.toBe(before["environment"]);
    const otherKey = await testedIn({ ...least, kmsKeyArn });
    expect(otherKey["permissions"]).not.toBe(before["permissions"]);
    expect(otherKey["code"]).toBe(before["code"]);
  });
});

describe("an alarm on silence", () => {
  it("waits for the first runs, since it treats missing data as a failure", async () => {
    const { of } = await deploy();
    const waiting = of("cloudwatch/metricAlarm:MetricAlarm").filter(({ inputs }) => "warmUpConfiguration" in inputs);
    expect(waiting.map(({ name, inputs }) => [name, inputs["treatMissingData"]])).toEqual([
      ["health/shard-0/monitorSilent", "breaching"],
    ]);
    expect(waiting[0]?.inputs["warmUpConfiguration"]).toEqual({ warmUpPeriodDurationInMinutes: 5 });
  });
});

describe("many connections", () => {
  it("51 are two shards, each with its schedule, its silence alarm and its smoke invocation", async () => {
    const { of } = await deploy({ connections: connections(51) });
    const schedules = of("scheduler/schedule:Schedule");
    const sizes = schedules.map(({ inputs }) => JSON.parse((inputs["target"] as { input: string }).input).connections);
    expect(sizes.map(({ length }) => length).sort()).toEqual([1, 50]);
    expect(of("lambda/invocation:Invocation")).toHaveLength(2);
    expect(of("lambda/function:Function")).toHaveLength(1);
    expect(of("secretsmanager/secret:Secret")).toHaveLength(51);
    expect(of("cloudwatch/metricAlarm:MetricAlarm")).toHaveLength(51 * 3 + 2 + 3);
  });

  it("201 have gauges, alarms and secrets by shard", async () => {
    const { of, monitor } = await deploy({ connections: connections(201) });
    expect(of("scheduler/schedule:Schedule")).toHaveLength(5);
    expect(of("secretsmanager/secret:Secret").map(({ inputs }) => inputs["name"])).toContain("health-1a2b3c4/shard-4");
    expect(of("secretsmanager/secret:Secret")).toHaveLength(5);
    const alarms = of("cloudwatch/metricAlarm:MetricAlarm");
    expect(alarms).toHaveLength(5 * 3 + 5 + 3);
    expect(alarms.some(({ inputs }) => "Connection" in (inputs["dimensions"] as object))).toBe(false);
    expect((await known(monitor.alarmNames)).sort()).toEqual(alarms.map(({ inputs }) => inputs["name"]).sort());
  });

  it("200 still have their own alarms, unless fleet detail is set", async () => {
    expect(settingsOf("health", { connections: connections(200) }).detail).toBe(Detail.Connection);
    expect(settingsOf("health", { connections: connections(201) }).detail).toBe(Detail.Fleet);
    expect(settingsOf("health", { connections: connections(201), detail: Detail.Connection }).detail).toBe(
      "connection",
    );
    const fleet = await deploy({ connections: connections(2), detail: Detail.Fleet });
    expect(fleet.of("secretsmanager/secret:Secret").map(({ name }) => name)).toEqual(["health/shard-0"]);
    const target = fleet.one("scheduler/schedule:Schedule").inputs["target"] as { readonly input: string };
    expect(JSON.parse(target.input).connections).toMatchObject([
      { name: "c0", secretField: "c0", secretArn: expect.stringContaining("health-1a2b3c4/shard-0") },
      { name: "c1", secretField: "c1" },
    ]);
  });

  it("at preview show all alarms except the outage alarms of a base URL that is not known", async () => {
    const unknown = pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
    const { of } = await run(
      () =>
        new DeepSeekMonitor("health", {
          connections: { a: { apiKey: key }, b: { apiKey: key, baseUrl: unknown }, c: { apiKey: key } },
        }),
      true,
    );
    const names = of("cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
    expect(names.filter((name) => name.includes("/service")).toSorted()).toEqual([
      "health/api.deepseek.com/serviceDown",
      "health/api.deepseek.com/serviceFailing",
      "health/api.deepseek.com/serviceUnstable",
    ]);
    expect(names.filter((name) => name.startsWith("health/b/"))).toHaveLength(3);
  });

  it("have the outage alarms once for each endpoint", async () => {
    const gateway = { apiKey: key, baseUrl: "https://gateway.example/v1" };
    const { of, monitor } = await deploy({
      connections: {
        a: { apiKey: key },
        b: { apiKey: key },
        c: gateway,
        d: { ...gateway, baseUrl: "https://gateway.example/v1/" },
      },
    });
    const outages = of("cloudwatch/metricAlarm:MetricAlarm").filter(({ name }) => name.endsWith("serviceDown"));
    expect(outages.map(({ inputs }) => inputs["name"]).sort()).toEqual([
      "health-1a2b3c4/api.deepseek.com/service down",
      "health-1a2b3c4/gateway.example/v1/service down",
    ]);
    expect(await known(monitor.alarmNames)).toHaveLength(4 * 3 + 1 + 2 * 3);
  });
});
