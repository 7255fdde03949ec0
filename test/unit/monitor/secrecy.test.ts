import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { type DeepSeekMonitorArgs, Detail } from "../../../monitor/index.ts";
import { exampleKey as key } from "../../support/keys.ts";
import { findLeaks } from "../../support/leaks.ts";
import { deploy, isSecret, known } from "./support/deploy.ts";

const second = "another-key-of-a-gateway-0815";
const both = { a: { apiKey: key }, b: { apiKey: pulumi.secret(second), baseUrl: "https://gateway.example" } };

describe.each<[string, DeepSeekMonitorArgs, readonly string[]]>([
  ["a secret each", { connections: both }, [key, second]],
  ["one secret a shard", { connections: both, detail: Detail.Fleet }, [JSON.stringify({ a: key, b: second })]],
])("the keys, in %s,", (_, args, values) => {
  it("are passed to the engine as secrets", async () => {
    const { of } = await deploy(args);
    const stored = of("secretsmanager/secretVersion:SecretVersion").map(({ inputs }) => inputs["secretString"]);
    expect(stored).toEqual(values.map((value) => ({ ...isSecret, value })));
  });

  it("are in no other input of any resource, and in no output", async () => {
    const { resources, monitor } = await deploy(args);
    const others = resources.filter(({ type }) => type !== "secretsmanager/secretVersion:SecretVersion");
    expect(others.length).toBeGreaterThan(20);
    const outputs = await Promise.all(
      Object.values(monitor)
        .flatMap((value) => (pulumi.Resource.isInstance(value) ? Object.values(value) : [value]))
        .filter(pulumi.Output.isInstance)
        .map((output) => known(output as pulumi.Output<unknown>)),
    );
    expect(outputs.length).toBeGreaterThan(10);
    const text = JSON.stringify([others, outputs]);
    for (const secret of [key, second]) expect(text).not.toContain(secret);
  });
});

it("a key in plain text is trimmed, as in DeepSeekConnection", async () => {
  const { one } = await deploy({ connections: { a: { apiKey: ` ${key}\n` } } });
  expect(one("secretsmanager/secretVersion:SecretVersion").inputs["secretString"]).toEqual({ ...isSecret, value: key });
});

/** A key with characters that encodings change, at both ends and in the middle. */
const odd = String.raw`sk-+/=%&\<0f1e2d3c4b5a+&%69788796a5b4<=\/&+%`;

/** A monitor with all optional parts, and with keys that are known early and late. */
const everything = (detail: Detail): DeepSeekMonitorArgs => ({
  connections: {
    plain: {
      apiKey: key,
      displayName: "Production",
      defaultModel: "deepseek-flash",
      keyCreatedAt: "2026-11-01T00:00:00Z",
    },
    late: { apiKey: pulumi.output(Promise.resolve(odd)), baseUrl: "https://gateway.example/v1" },
  },
  notify: { emails: ["on-call@example.com"] },
  alarms: {
    ...{ slow: { enabled: true }, rateLimited: { enabled: true }, keyDueForRotation: { enabled: true } },
    lowBalance: { enabled: true, threshold: 5 },
  },
  heartbeatUrl: "https://heartbeat.example/abc",
  detail,
});

/** What the monitor writes into AWS, with the resource types that contain it and a word that proves that it was searched. */
const sinks: readonly (readonly [sink: string, word: string, ...types: readonly string[]])[] = [
  ["the component itself", "health", "deepseek:index:DeepSeekMonitor"],
  ["the alarms' names and texts", "Next step: ", "cloudwatch/metricAlarm:MetricAlarm"],
  ["the dashboard", "KeyRejected", "cloudwatch/dashboard:Dashboard"],
  ["the saved query", "traceId", "cloudwatch/queryDefinition:QueryDefinition"],
  ["the log group", "/aws/lambda/", "cloudwatch/logGroup:LogGroup"],
  ["the function's description and environment", "MONITOR_HEARTBEAT_URL", "lambda/function:Function"],
  ["the function's retries", "maximumRetryAttempts", "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"],
  ["the schedules' events", "secretArn", "scheduler/schedule:Schedule", "scheduler/scheduleGroup:ScheduleGroup"],
  ["the smoke invocation's event", "smoke", "lambda/invocation:Invocation"],
  [
    "the topic and its subscribers",
    "on-call@example.com",
    "sns/topic:Topic",
    "sns/topicSubscription:TopicSubscription",
  ],
  ["the policies", "GetSecretValue", "sns/topicPolicy:TopicPolicy", "iam/role:Role", "iam/rolePolicy:RolePolicy"],
  ["the topic's KMS key", "kms:Decrypt", "kms/key:Key"],
  ["the dead-letter queue", "health", "sqs/queue:Queue"],
  ["the secrets' names and descriptions", "Managed by Pulumi", "secretsmanager/secret:Secret"],
];

describe.each([Detail.Connection, Detail.Fleet])("in %s detail no form of a key is in", (detail) => {
  it.each(sinks)("%s", async (_, word, ...types) => {
    const { of } = await deploy(everything(detail));
    const written = types.map((type) => [type, JSON.stringify(of(type))] as const);
    for (const [type, content] of written) expect(content, type).not.toBe("[]");
    expect(written.map(([, content]) => content).join()).toContain(word);
    for (const secret of [key, odd]) expect(findLeaks(secret, written)).toEqual([]);
  });

  it("any other resource: each type is searched above, except the secrets' values", async () => {
    const { resources } = await deploy(everything(detail));
    const searched = new Set([
      ...sinks.flatMap(([, , ...types]) => types),
      "secretsmanager/secretVersion:SecretVersion",
    ]);
    expect(resources.map(({ type }) => type).filter((type) => !searched.has(type))).toEqual([]);
  });

  it("(the search works: it finds the key in the secrets' values)", async () => {
    const { of } = await deploy(everything(detail));
    const values = of("secretsmanager/secretVersion:SecretVersion").map(({ inputs }) => inputs["secretString"]);
    for (const secret of [key, odd]) expect(findLeaks(secret, [["values", JSON.stringify(values)]])).not.toEqual([]);
  });
});
