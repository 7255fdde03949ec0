import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DeepSeekMonitor, type DeepSeekMonitorArgs, Detail } from "../../../monitor/index.ts";
import { DeepSeekConnection } from "../../../provider/index.ts";
import { exampleKey as key } from "../../support/keys.ts";
import { findLeaks } from "../../support/leaks.ts";
import { deploy, isSecret, known, run, storedConnections } from "./support/deploy.ts";

// A monitor warns of plain http.
beforeEach(() => void vi.spyOn(pulumi.log, "warn").mockResolvedValue());
afterEach(() => void vi.restoreAllMocks());

const second = "another-key-of-a-gateway-0815";
const both = { a: { apiKey: key }, b: { apiKey: pulumi.secret(second), baseUrl: "https://gateway.example" } };

describe.each<[string, DeepSeekMonitorArgs]>([
  ["connection", { connections: both }],
  ["fleet", { connections: both, detail: Detail.Fleet }],
])("the keys, in %s detail,", (_, args) => {
  it("are passed to the engine as a secret, each with the address to which it may be sent", async () => {
    const { one } = await deploy(args);
    const connections = [
      { name: "a", baseUrl: "https://api.deepseek.com", apiKey: key },
      { name: "b", baseUrl: "https://gateway.example", apiKey: second },
    ];
    const stored = one("secretsmanager/secretVersion:SecretVersion").inputs["secretString"];
    expect(stored).toEqual({ ...isSecret, value: JSON.stringify({ connections }) });
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
  const [stored] = storedConnections(await deploy({ connections: { a: { apiKey: ` ${key}\n` } } }));
  expect(stored?.apiKey).toBe(key);
});

describe("the headers of connections are stored together with the key, as a secret:", () => {
  const headers = { "x-gateway": "gw-0f1e2d3c4b5a6978", "x-provider": "deepseek" };
  const given = {
    a: { apiKey: key, headers: { ...headers, "x-gateway": pulumi.secret(headers["x-gateway"]) } },
    b: { apiKey: second },
    c: { apiKey: second, headers: pulumi.output(Promise.resolve({})) },
  };

  it("those of a plain object", async () => {
    const stored = storedConnections(await deploy({ connections: given }));
    expect(stored.map(({ apiKey, headers: extra }) => [apiKey, extra])).toEqual([
      [key, headers],
      [second, undefined],
      [second, undefined],
    ]);
  });

  it("those of a DeepSeekConnection too", async () => {
    const { of, resources } = await run(() => {
      const connection = new DeepSeekConnection("main", { apiKey: key, headers });
      const plain = new DeepSeekConnection("plain", { apiKey: key });
      return new DeepSeekMonitor("health", { connections: { main: connection, plain } });
    });
    expect(storedConnections({ of }).map(({ apiKey, headers: extra }) => [apiKey, extra])).toEqual([
      [key, headers],
      [key, undefined],
    ]);
    const main = resources.find(({ type, name }) => type.endsWith(":DeepSeekConnection") && name === "main");
    expect(main?.inputs["headers"]).toEqual({ ...isSecret, value: headers });
  });
});

describe("plain http to another machine", () => {
  it("reaches the function, and each deployment warns", async () => {
    const { of } = await run(() => {
      const baseUrl = "http://gateway:4000";
      const main = new DeepSeekConnection("main", { apiKey: key, baseUrl, allowInsecureHttp: true });
      const local = { apiKey: key, baseUrl: "http://localhost:4000", allowInsecureHttp: true };
      return new DeepSeekMonitor("health", { connections: { main, local, plain: { apiKey: key } } });
    });
    expect(storedConnections({ of }).map(({ allowInsecureHttp }) => allowInsecureHttp)).toEqual([
      true,
      true,
      undefined,
    ]);
    expect(vi.mocked(pulumi.log.warn).mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(
        /^DeepSeekMonitor 'health': connections\.main: the key is sent to gateway:4000 by plain http, .* \[http-insecure\]$/,
      ),
    ]);
  });
});

/** A key with characters that encodings change, at both ends and in the middle. */
const odd = String.raw`sk-+/=%&\<0f1e2d3c4b5a+&%69788796a5b4<=\/&+%`;

/** The values of headers, known early and late. */
const [early, late] = [String.raw`gw/0f1e2d3c+4b5a"6978\8796`, "Basic 0f1e2d3c:4b5a69788796a5b4"];

/** A monitor with all optional parts, and with keys and headers that are known early and late. */
const everything = (detail: Detail): DeepSeekMonitorArgs => ({
  connections: {
    plain: {
      apiKey: key,
      displayName: "Production",
      defaultModel: "deepseek-flash",
      keyCreatedAt: "2026-11-01T00:00:00Z",
      headers: { "x-gateway": early, "x-provider": "deepseek" },
    },
    http: {
      apiKey: odd,
      baseUrl: "http://gateway:4000",
      allowInsecureHttp: true,
      headers: pulumi.output(Promise.resolve({ "x-gateway": late })),
    },
    late: { apiKey: pulumi.output(Promise.resolve(odd)), baseUrl: "https://gateway.example/v1" },
  },
  notify: { emails: ["on-call@example.com"] },
  alarms: {
    ...{ slow: { enabled: true }, rateLimited: { enabled: true }, keyDueForRotation: { enabled: true } },
    lowBalance: { enabled: true, threshold: { USD: 5 } },
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
  ["the schedules' events", "shard", "scheduler/schedule:Schedule", "scheduler/scheduleGroup:ScheduleGroup"],
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
    for (const secret of [key, odd, early, late]) expect(findLeaks(secret, written)).toEqual([]);
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
    for (const secret of [key, odd, early, late])
      expect(findLeaks(secret, [["values", JSON.stringify(values)]])).not.toEqual([]);
  });
});
