import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { DeepSeekMonitor, type DeepSeekMonitorArgs, Detail, TestCall } from "../../../monitor/index.ts";
import { shardSecretValue } from "../../../monitor/resources/keys.ts";
import { settingsOf } from "../../../monitor/settings.ts";
import { exampleKey as key } from "../../support/keys.ts";
import { account, deploy, known, least, region, run, storedConnections } from "./support/deploy.ts";

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
      "cloudwatch/metricAlarm:MetricAlarm health/api.deepseek.com/allKeysRejected",
      "cloudwatch/metricAlarm:MetricAlarm health/api.deepseek.com/serviceDown",
      "cloudwatch/metricAlarm:MetricAlarm health/api.deepseek.com/serviceFailing",
      "cloudwatch/metricAlarm:MetricAlarm health/api.deepseek.com/serviceUnstable",
      "cloudwatch/metricAlarm:MetricAlarm health/prod/keyRejected",
      "cloudwatch/metricAlarm:MetricAlarm health/prod/lowBalance",
      "cloudwatch/metricAlarm:MetricAlarm health/prod/misconfigured",
      "cloudwatch/metricAlarm:MetricAlarm health/prod/rateLimited",
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
      "secretsmanager/secret:Secret health/shard-0",
      "secretsmanager/secretVersion:SecretVersion health/shard-0",
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
      name: "health-1a2b3c4/shard-0",
      recoveryWindowInDays: 0,
    });
    for (const { inputs } of of("cloudwatch/metricAlarm:MetricAlarm")) {
      expect(inputs["name"]).toMatch(/\/health-1a2b3c4$/);
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
          MONITOR_SHARDS: "1",
          MONITOR_TEST_CALL: "chat",
          MONITOR_DETAIL: "connection",
          MONITOR_GAUGES: "LatencyMs,RateLimited,Balance,BalanceLow",
          MONITOR_LOW_BALANCE: '{"USD":2,"CNY":15}',
          MONITOR_TOPICS: JSON.stringify([
            {
              arn: "arn:aws:sns:eu-central-1:111122223333:health-1a2b3c4-alerts",
              severities: ["page", "ticket"],
              expected: 0,
            },
          ]),
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
    expect(event).toEqual({ shard: "0" });
  });

  it("invokes it again only if the environment, the permissions or the names of connections change", async () => {
    const testedIn = async (args: DeepSeekMonitorArgs): Promise<Readonly<Record<string, string>>> =>
      JSON.parse(String((await deploy(args)).one("lambda/invocation:Invocation").inputs["input"])).smoke;
    const before = await testedIn(least);
    expect(await testedIn({ ...least, logRetentionDays: 7 })).toEqual(before);
    const otherCall = await testedIn({ ...least, testCall: TestCall.Models });
    expect(otherCall["environment"]).not.toBe(before["environment"]);
    const otherKey = await testedIn({ ...least, kmsKeyArn });
    expect(otherKey["permissions"]).not.toBe(before["permissions"]);
    expect(otherKey["code"]).toBe(before["code"]);
    expect(await testedIn({ connections: { prod: { apiKey: "another-key-of-a-gateway" } } })).toEqual(before);
    const { connections } = await testedIn({ connections: { ...least.connections, other: { apiKey: key } } });
    expect(connections).not.toBe(before["connections"]);
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
    const events = schedules.map(({ inputs }) => JSON.parse((inputs["target"] as { input: string }).input));
    expect(events).toEqual([{ shard: "0" }, { shard: "1" }]);
    expect(of("lambda/invocation:Invocation")).toHaveLength(2);
    expect(of("lambda/function:Function")).toHaveLength(1);
    expect(storedConnections({ of }).map(({ name }) => name)).toHaveLength(51);
    expect(of("secretsmanager/secret:Secret").map(({ inputs }) => inputs["name"])).toEqual([
      "health-1a2b3c4/shard-0",
      "health-1a2b3c4/shard-1",
    ]);
    expect(of("cloudwatch/metricAlarm:MetricAlarm")).toHaveLength(51 * 5 + 2 + 4);
  });

  it("201 in fleet detail have gauges and alarms by shard", async () => {
    const { of, monitor } = await deploy({ connections: connections(201), detail: Detail.Fleet });
    expect(of("scheduler/schedule:Schedule")).toHaveLength(5);
    expect(of("secretsmanager/secret:Secret")).toHaveLength(5);
    const alarms = of("cloudwatch/metricAlarm:MetricAlarm");
    expect(alarms).toHaveLength(5 * 5 + 5 + 4);
    expect(JSON.stringify(alarms.map(({ inputs }) => [inputs["dimensions"], inputs["metricQueries"]]))).not.toContain(
      '"Connection"',
    );
    expect((await known(monitor.alarmNames)).sort()).toEqual(alarms.map(({ inputs }) => inputs["name"]).sort());
  });

  it("200 have their own alarms, and 201 need a choice: the preview shows what each costs", () => {
    expect(settingsOf("health", { connections: connections(200) }).detail).toBe(Detail.Connection);
    expect(() => settingsOf("health", { connections: connections(201) })).toThrow(
      "detail: is missing: with 201 connections you must choose it, and a later change deletes alarms. Set detail to " +
        "'connection' (gauges and alarms for each connection, about 462 dollars a month) or to 'fleet' (for each shard of " +
        "50 connections, about 12 dollars a month) [detail-missing]",
    );
    for (const detail of Object.values(Detail)) {
      expect(settingsOf("health", { connections: connections(201), detail }).detail).toBe(detail);
    }
  });

  it("whose keys and headers do not fit a secret are refused: the error says how large it is, and what to do", async () => {
    const value = "x".repeat(1_500);
    const large = Object.keys(connections(50)).map((name) => {
      return { name, baseUrl: "https://api.deepseek.com", apiKey: key, headers: { "x-team": value } };
    });
    expect(() => shardSecretValue("health", "3", large)).toThrow(
      /connections: are too large together: the secret of shard 3 would have 8\d{4} bytes, but AWS allows only 65536\. The largest connection is 'c10', with 16\d\d bytes\. Store the longest keys and headers in secrets of your own and set secretArn, or move connections to a second monitor \[shard-secret-too-large\]$/,
    );
    expect(() => shardSecretValue("health", "3", large)).not.toThrow(/xxx|0123456789abcdef/);
    expect(shardSecretValue("health", "3", large.slice(0, 35)).length).toBeLessThan(65_536);
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
    expect(names.filter((name) => name.startsWith("health/b/"))).toHaveLength(5);
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
      "service down/api.deepseek.com/health-1a2b3c4",
      "service down/gateway.example/v1/health-1a2b3c4",
    ]);
    expect(await known(monitor.alarmNames)).toHaveLength(4 * 5 + 1 + 2 * 4);
  });
});
