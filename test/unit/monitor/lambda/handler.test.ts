import { describe, expect, test } from "vitest";
import { alarmDefinitions } from "../../../../monitor/alarms/catalog.ts";
import { invocationProblems } from "../../../../monitor/lambda/invocation.ts";
import { Detail } from "../../../../monitor/metrics.ts";
import { evaluate } from "../../../../monitor/rehearsal/cloudwatch.ts";
import { planShards } from "../../../../monitor/shards.ts";
import { keyFingerprint } from "../../../../provider/deepseek/redact.ts";
import type { ScenarioName } from "../../../../provider/sandbox/scenarios.ts";
import { findLeaks } from "../../../support/leaks.ts";
import { monitorEnvironment } from "../../../support/monitor-environment.ts";
import { arnOf } from "../../../support/secrets-manager.ts";
import { scripted } from "../../provider/deepseek/support/script.ts";
import { type LambdaUnderTest, START, shardSecret, startLambda } from "./support/lambda-under-test.ts";

const monitor = "Monitor=health-1a2b";
const denied = { status: 400, error: "AccessDeniedException" };

/** Creates a connection for each scenario, named after it. */
function connectionsOf(lambda: LambdaUnderTest, scenarios: readonly ScenarioName[]) {
  return scenarios.map((scenario) => {
    lambda.create(scenario, scenario);
    return lambda.connection(scenario);
  });
}

/** The calls that the sandbox received. */
function callsOf({ sandbox }: LambdaUnderTest): readonly string[] {
  return sandbox.requests
    .map(({ path, authorization }) => `${path}${authorization === undefined ? " without a key" : ""}`)
    .toSorted();
}

describe("a run", () => {
  test("prints only documents from which CloudWatch extracts metrics", async () => {
    await using lambda = await startLambda();
    lambda.create("prod", "good");
    const { printed, summary } = await lambda.run([lambda.connection("prod")], { shard: "7" });
    const document = (dimensions: Readonly<Record<string, string>>, values: Readonly<Record<string, unknown>>) => ({
      _aws: {
        Timestamp: START,
        CloudWatchMetrics: [
          {
            Namespace: "DeepSeekMonitor",
            Dimensions: [Object.keys(dimensions)],
            Metrics: Object.keys(values).map((Name) => ({ Name, Unit: Name === "Probed" ? "None" : "Count" })),
          },
        ],
      },
      ...dimensions,
      ...values,
    });
    const Monitor = "health-1a2b";
    expect(printed.map((line) => JSON.parse(line))).toEqual([
      document({ Monitor, Connection: "prod" }, { KeyRejected: 0, Unfunded: 0, Misconfigured: 0 }),
      document({ Monitor, Endpoint: lambda.sandbox.url }, { AllKeysRejected: 0, ServiceFailing: 0 }),
      document({ Monitor, Shard: "7" }, { Probed: 1 }),
    ]);
    expect(summary).toEqual({
      shard: "7",
      expected: 1,
      probed: 1,
      verdicts: { valid: 1, unfunded: 0, invalid: 0, misconfigured: 0, unverified: 0, indeterminate: 0 },
    });
  });

  test("calls the connection's model or, if it has none, the first model that the service lists", async () => {
    await using lambda = await startLambda();
    lambda.create("prod", "good");
    await lambda.run([lambda.connection("prod", { model: "deepseek-other" })]);
    await lambda.run([lambda.connection("prod")], { shard: "1" });
    const bodies = lambda.sandbox.requests.map(({ body }) => body as { readonly model?: string } | undefined);
    expect(bodies.flatMap((body) => body?.model ?? [])).toEqual([
      "deepseek-other",
      // Once more, without the field `thinking`, because outside DeepSeek's host that field may be what is refused.
      "deepseek-other",
      expect.not.stringContaining("other"),
    ]);
  });

  test("writes only the gauges that it learned, for each connection", async () => {
    await using lambda = await startLambda();
    const scenarios = ["good", "unfunded", "wrong-key", "retired-model", "rate-limited", "overloaded"] as const;
    const { gauges, summary } = await lambda.run(connectionsOf(lambda, scenarios));
    expect(gauges).toEqual({
      [`KeyRejected{Connection=good,${monitor}}`]: [0],
      [`Unfunded{Connection=good,${monitor}}`]: [0],
      [`Misconfigured{Connection=good,${monitor}}`]: [0],
      [`KeyRejected{Connection=unfunded,${monitor}}`]: [0],
      [`Unfunded{Connection=unfunded,${monitor}}`]: [1],
      [`KeyRejected{Connection=wrong-key,${monitor}}`]: [1],
      // Outside DeepSeek's host, the list alone does not prove the key.
      [`Misconfigured{Connection=retired-model,${monitor}}`]: [1],
      [`AllKeysRejected{Endpoint=${lambda.sandbox.url},${monitor}}`]: [0],
      // Nothing is written for the rate limited one: its gauge is optional.
      [`ServiceFailing{Endpoint=${lambda.sandbox.url},${monitor}}`]: [0, 0, 0, 0, 1],
      [`Probed{${monitor},Shard=0}`]: [1],
    });
    expect(summary.verdicts).toEqual({
      valid: 1,
      unfunded: 1,
      invalid: 1,
      misconfigured: 1,
      unverified: 0,
      indeterminate: 2,
    });
  });

  test("in fleet detail writes gauges by shard and by endpoint", async () => {
    await using lambda = await startLambda({ MONITOR_DETAIL: Detail.Fleet, MONITOR_GAUGES: "Balance" });
    await using elsewhere = await startLambda();
    const key = lambda.create("a", "good");
    lambda.create("b", "wrong-key");
    elsewhere.sandbox.use(key, "good");
    const connections = [
      lambda.connection("a"),
      lambda.connection("b"),
      lambda.connection("c", { apiKey: key, baseUrl: `${elsewhere.sandbox.url}/` }),
    ];
    const { gauges } = await lambda.run(connections, { shard: "12" });
    expect(gauges).toEqual({
      [`KeyRejected{${monitor},Shard=12}`]: [0, 1, 0],
      [`Unfunded{${monitor},Shard=12}`]: [0, 0],
      [`Misconfigured{${monitor},Shard=12}`]: [0, 0],
      [`Balance{Currency=CNY,${monitor},Shard=12}`]: [110, 110],
      [`AllKeysRejected{Endpoint=${lambda.sandbox.url},${monitor}}`]: [0],
      [`ServiceFailing{Endpoint=${lambda.sandbox.url},${monitor}}`]: [0, 0],
      [`AllKeysRejected{Endpoint=${elsewhere.sandbox.url},${monitor}}`]: [0],
      [`ServiceFailing{Endpoint=${elsewhere.sandbox.url},${monitor}}`]: [0],
      [`Probed{${monitor},Shard=12}`]: [1],
    });
    // Once for all three, and once more before the rejection is reported.
    expect(lambda.secrets.asked).toEqual([shardSecret("12"), shardSecret("12")]);
  });

  test("writes the optional gauges that are enabled", async () => {
    await using lambda = await startLambda({ MONITOR_GAUGES: "RateLimited,Balance,LatencyMs,OldestKeyAgeDays" });
    lambda.create("rate-limited", "rate-limited");
    const connections = [lambda.given("good"), lambda.connection("rate-limited"), lambda.given("overloaded")];
    const DAY = 24 * 60 * 60 * 1_000;
    for (const [name, days] of [["good", 30] as const, ["overloaded", 45.5] as const]) {
      const key = lambda.store(name, name);
      lambda.secrets.put(arnOf(name), { value: key, createdAt: new Date(START - days * DAY) });
    }
    const [good, limited, overloaded] = connections;
    if (good === undefined || limited === undefined || overloaded === undefined) throw new Error("no connections");
    const keyCreatedAt = "2026-11-01T01:00:00+01:00";
    const { gauges } = await lambda.run([good, { ...limited, keyCreatedAt }, overloaded]);
    expect(gauges).toMatchObject({
      [`RateLimited{Connection=good,${monitor}}`]: [0],
      [`RateLimited{Connection=rate-limited,${monitor}}`]: [1],
      [`Balance{Connection=good,Currency=CNY,${monitor}}`]: [110],
      // Only a successful call has a latency.
      [`LatencyMs{Endpoint=${lambda.sandbox.url},${monitor}}`]: [expect.any(Number)],
      [`OldestKeyAgeDays{${monitor}}`]: [45.5],
    });
    const { gauges: given } = await lambda.run([{ ...limited, keyCreatedAt: "2026-08-01T00:00:00Z" }], {
      shard: "1",
    });
    expect(given[`OldestKeyAgeDays{${monitor}}`]).toEqual([115.5]);
  });

  test("with the test call does not request the list without a key", async () => {
    await using lambda = await startLambda();
    await lambda.run(connectionsOf(lambda, ["good"]));
    expect(callsOf(lambda)).toEqual(["/chat/completions", "/models", "/user/balance"]);
  });

  test("makes only the free calls if the test call is off", async () => {
    await using lambda = await startLambda({ MONITOR_TEST_CALL: "models", MONITOR_GAUGES: "LatencyMs" });
    const { gauges } = await lambda.run(connectionsOf(lambda, ["good"]));
    expect(callsOf(lambda)).toEqual(["/models", "/models without a key", "/user/balance"]);
    expect(gauges[`LatencyMs{Endpoint=${lambda.sandbox.url},${monitor}}`]).toHaveLength(1);
    expect(gauges[`KeyRejected{Connection=good,${monitor}}`]).toEqual([0]);
  });

  test("writes the same if it is repeated", async () => {
    await using lambda = await startLambda();
    const connections = connectionsOf(lambda, ["good", "unfunded"]);
    const first = await lambda.run(connections);
    expect((await lambda.run(connections)).printed).toEqual(first.printed);
  });

  test("with 50 connections has about 100 requests in flight at most, and writes all values into two documents", async () => {
    await using lambda = await startLambda(
      { MONITOR_DETAIL: Detail.Fleet, MONITOR_TEST_CALL: "models" },
      {},
      { latencyMs: 200 },
    );
    const apiKey = lambda.create("shared", "good");
    const names = Array.from({ length: 50 }, (_, index) => `c${index}`);
    const { printed, gauges } = await lambda.run(names.map((name) => lambda.connection(name, { apiKey })));
    expect(lambda.sandbox.maxInFlight).toBeGreaterThan(50);
    // Two for each of 50 connections, and one without a key for their endpoint.
    expect(lambda.sandbox.maxInFlight).toBeLessThanOrEqual(101);
    // One of the shard and one of the endpoint.
    expect(printed).toHaveLength(2);
    expect(gauges[`ServiceFailing{Endpoint=${lambda.sandbox.url},${monitor}}`]).toHaveLength(50);
  });
});

describe("the log", () => {
  test("has one line for the run and one for each unhealthy connection", async () => {
    await using lambda = await startLambda();
    const { logged } = await lambda.run(connectionsOf(lambda, ["good", "retired-model"]));
    expect(logged).toEqual([
      {
        level: "warn",
        message: "Connection 'retired-model' has the verdict 'misconfigured'.",
        monitor: "health-1a2b",
        shard: "0",
        connection: "retired-model",
        endpoint: lambda.sandbox.url,
        verdict: "misconfigured",
        code: "model-refused",
        cause: expect.stringContaining("answered POST /chat/completions with HTTP 400"),
        nextStep: expect.stringContaining("'deepseek-flash' was tried. The service lists deepseek-flash"),
        call: "chat",
        httpStatus: 400,
        attempts: 2,
        latencyMs: expect.any(Number),
        traceId: expect.stringMatching(/^[\w-]+$/),
        keyFingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
      },
      {
        level: "info",
        message: "Probed 2 of 2 connections.",
        monitor: "health-1a2b",
        shard: "0",
        expected: 2,
        probed: 2,
        verdicts: { valid: 1, unfunded: 0, invalid: 0, misconfigured: 1, unverified: 0, indeterminate: 0 },
        durationMs: expect.any(Number),
      },
    ]);
  });
});

describe("a rejected key", () => {
  test("that was rotated is not reported: the new key is read and works", async () => {
    await using lambda = await startLambda();
    const old = lambda.create("prod", "good");
    await lambda.run([lambda.connection("prod")]);
    lambda.create("prod", "good");
    lambda.sandbox.revoke(old);
    lambda.wait(60_000);
    const connections = [lambda.connection("prod")];
    const { summary, gauges, logged } = await lambda.run(connections);
    expect(summary.verdicts).toMatchObject({ valid: 1, invalid: 0 });
    expect(gauges[`KeyRejected{Connection=prod,${monitor}}`]).toEqual([0]);
    expect(logged.map(({ level }) => level)).toEqual(["info"]);
    expect(lambda.secrets.asked).toHaveLength(2);
    // The new value is cached.
    await lambda.run(connections);
    expect(lambda.secrets.asked).toHaveLength(2);
  });

  test("is replaced by the rotated one after five minutes, while the old one still works", async () => {
    await using lambda = await startLambda();
    lambda.create("prod", "good");
    await lambda.run([lambda.connection("prod")]);
    const rotated = lambda.create("prod", "unfunded");
    lambda.wait(5 * 60_000);
    const { logged } = await lambda.run([lambda.connection("prod")]);
    expect(logged[0]).toMatchObject({ verdict: "unfunded", keyFingerprint: keyFingerprint(rotated) });
  });

  test("is reported if the secret still contains it", async () => {
    await using lambda = await startLambda();
    const { summary } = await lambda.run(connectionsOf(lambda, ["wrong-key"]));
    expect(summary.verdicts.invalid).toBe(1);
    expect(lambda.secrets.asked).toHaveLength(2);
    expect(lambda.sandbox.requests.filter(({ path }) => path === "/models")).toHaveLength(2);
  });

  test("is reported if the new key is rejected too", async () => {
    await using lambda = await startLambda();
    const old = lambda.store("prod", "wrong-key");
    const rotated = lambda.store("prod", "wrong-key");
    lambda.secrets.put(arnOf("prod"), { value: old }, { value: rotated });
    const { logged } = await lambda.run([lambda.given("prod")]);
    expect(logged[0]).toMatchObject({ verdict: "invalid", keyFingerprint: keyFingerprint(rotated) });
  });

  test("is not reported if the secret cannot be read again", async () => {
    await using lambda = await startLambda();
    const key = lambda.store("prod", "wrong-key");
    lambda.secrets.put(arnOf("prod"), { value: key }, denied);
    const { gauges, logged } = await lambda.run([lambda.given("prod")]);
    expect(gauges).toEqual({ [`Probed{${monitor},Shard=0}`]: [0] });
    expect(logged[0]).toMatchObject({ level: "error", reason: "AccessDeniedException" });
  });

  test("is not reported if the shard's secret cannot be read again", async () => {
    await using lambda = await startLambda();
    lambda.create("prod", "wrong-key");
    const value = JSON.stringify({ connections: [lambda.connection("prod")] });
    lambda.secrets.put(shardSecret(), { value }, denied);
    expect(await lambda.runRaw({ shard: "0" })).toMatchObject({ expected: 1, probed: 0 });
    expect(lambda.logged[0]).toMatchObject({ level: "error", connection: "prod", secret: shardSecret() });
  });

  test("in a user's own secret that was rotated is not reported either", async () => {
    await using lambda = await startLambda();
    const old = lambda.store("prod", "good");
    await lambda.run([lambda.given("prod")]);
    lambda.store("prod", "good");
    lambda.sandbox.revoke(old);
    lambda.wait(60_000);
    const { summary } = await lambda.run([lambda.given("prod")]);
    expect(summary.verdicts).toMatchObject({ valid: 1, invalid: 0 });
    expect(lambda.secrets.asked.filter((id) => id === arnOf("prod"))).toHaveLength(2);
  });

  test("of a connection that was removed is reported once more, with what is known", async () => {
    await using lambda = await startLambda();
    const old = lambda.create("prod", "good");
    lambda.create("other", "good");
    await lambda.run([lambda.connection("prod"), lambda.connection("other")]);
    lambda.sandbox.revoke(old);
    expect((await lambda.run([lambda.connection("other")])).summary.verdicts).toMatchObject({ valid: 1, invalid: 1 });
  });

  test("makes the run read the shard's secret once more, however many keys are rejected", async () => {
    await using lambda = await startLambda();
    const connections = ["a", "b", "c", "d"].map((name) => {
      lambda.create(name, "wrong-key");
      return lambda.connection(name);
    });
    await lambda.run(connections);
    expect(lambda.secrets.asked).toEqual([shardSecret(), shardSecret()]);
  });
});

test("a model that was replaced after it was refused is used at once", async () => {
  await using lambda = await startLambda();
  lambda.create("prod", "good");
  await lambda.run([lambda.connection("prod", { model: "deepseek-other" })]);
  const { summary } = await lambda.run([lambda.connection("prod")]);
  expect(summary.verdicts).toMatchObject({ valid: 1, misconfigured: 0 });
});

describe("one cause sends one page:", () => {
  const endpoint = ({ sandbox }: LambdaUnderTest) => `Endpoint=${sandbox.url},${monitor}`;

  /** The connections of shards that all have one key, in an order that is not that of their names. */
  function sharing(lambda: LambdaUnderTest, apiKey: string, count: number) {
    const names = Array.from({ length: count }, (_, index) => `c${String(index).padStart(3, "0")}`).toReversed();
    return planShards(names.map((name) => lambda.connection(name, { apiKey })));
  }

  test.each([
    ["wrong-key", "KeyRejected", [1]],
    ["unfunded", "Unfunded", [1]],
    ["unfunded", "BalanceLow", [1]],
    ["rate-limited", "RateLimited", [1]],
  ] as const)(
    "of 50 connections with one key ('%s'), the first by name writes %s",
    async (scenario, gauge, expected) => {
      await using lambda = await startLambda({
        MONITOR_GAUGES: "BalanceLow,RateLimited",
        MONITOR_LOW_BALANCE: '{"USD":2,"CNY":15}',
      });
      const key = lambda.create("shared", scenario);
      const [shard] = sharing(lambda, key, 50);
      const { gauges, logged } = await lambda.run(shard?.connections ?? []);
      expect(Object.entries(gauges).filter(([name, values]) => name.startsWith(gauge) && values.includes(1))).toEqual([
        [`${gauge}{Connection=c000,${monitor}}`, expected],
      ]);
      expect(Object.keys(gauges).filter((name) => name.startsWith(gauge))).toHaveLength(1);
      expect(logged.filter(({ level }) => level === "warn")).toHaveLength(50);
      lambda.sandbox.use(key, "good");
      const { gauges: later } = await lambda.run(shard?.connections ?? []);
      const healthy = Object.entries(later).filter(([name]) => name.startsWith(gauge));
      expect(healthy).toHaveLength(50);
      expect(healthy.flatMap(([, values]) => values)).toEqual(Array(50).fill(0));
    },
  );

  test("of 200 connections with one key, in four shards, four write that it is rejected", async () => {
    await using lambda = await startLambda();
    const shards = sharing(lambda, lambda.create("shared", "wrong-key"), 200);
    const writers: string[] = [];
    for (const { name, connections } of shards) {
      const { gauges } = await lambda.run(connections, { shard: name });
      writers.push(...Object.keys(gauges).filter((gauge) => /^(KeyRejected|AllKeysRejected)/.test(gauge)));
    }
    expect(writers).toEqual(
      ["c150", "c100", "c050", "c000"].map((name) => `KeyRejected{Connection=${name},${monitor}}`),
    );
  });

  test("two different keys, both rejected, are a finding about their base URL and about no connection", async () => {
    await using lambda = await startLambda();
    const { gauges, logged, summary } = await lambda.run(
      ["a", "b", "c"].map((name) => {
        lambda.create(name, "wrong-key");
        return lambda.connection(name);
      }),
    );
    expect(gauges).toEqual({
      [`AllKeysRejected{${endpoint(lambda)}}`]: [1],
      [`Probed{${monitor},Shard=0}`]: [1],
    });
    expect(summary.verdicts.invalid).toBe(3);
    expect(logged[0]).toMatchObject({
      verdict: "invalid",
      code: "all-keys-rejected",
      httpStatus: 401,
      attempts: 2,
      nextStep: expect.stringContaining("Either all were revoked, or the service has an outage"),
    });
  });

  test("one of two keys that works shows that the other one is rejected", async () => {
    await using lambda = await startLambda();
    const { gauges } = await lambda.run(connectionsOf(lambda, ["wrong-key", "good"]));
    expect(gauges).toMatchObject({
      [`KeyRejected{Connection=wrong-key,${monitor}}`]: [1],
      [`KeyRejected{Connection=good,${monitor}}`]: [0],
      [`AllKeysRejected{${endpoint(lambda)}}`]: [0],
    });
  });
});

describe("a gateway that lists its models to anyone", () => {
  const day = 24 * 60 * 60 * 1_000;

  test("proves its key by the test call alone, so a rejection is found, and stays until the key works", async () => {
    await using lambda = await startLambda({}, {}, { publicModels: true });
    const connections = connectionsOf(lambda, ["gateway", "wrong-key", "retired-model"]);
    const { gauges, summary } = await lambda.run(connections);
    expect(summary.verdicts).toMatchObject({ valid: 1, invalid: 1, misconfigured: 1 });
    expect(gauges).toMatchObject({
      [`KeyRejected{Connection=gateway,${monitor}}`]: [0],
      [`KeyRejected{Connection=wrong-key,${monitor}}`]: [1],
      [`Misconfigured{Connection=retired-model,${monitor}}`]: [1],
    });
    expect(gauges).not.toHaveProperty(`KeyRejected{Connection=retired-model,${monitor}}`);
  });

  test("pages when its key dies, although the list of models still looks well", async () => {
    await using lambda = await startLambda({}, {}, { publicModels: true });
    const key = lambda.store("prod", "good");
    const gauge = async () => {
      const { gauges } = await lambda.run([lambda.connection("prod")]);
      return gauges[`KeyRejected{Connection=prod,${monitor}}`];
    };
    const { keyRejected } = alarmDefinitions;
    const stateAfter = (values: readonly (readonly number[] | undefined)[]) => {
      const breaching = values.map((value) => value && Math.max(...value) >= keyRejected.threshold);
      return evaluate(keyRejected, breaching, "OK");
    };

    expect(await gauge()).toEqual([0]);
    lambda.sandbox.revoke(key);
    const list = await fetch(new URL("models", `${lambda.sandbox.url}/`));
    expect(list.status).toBe(200);
    const values = [await gauge(), await gauge()];
    expect(values).toEqual([[1], [1]]);
    expect({ state: stateAfter(values), severity: keyRejected.severity }).toEqual({ state: "ALARM", severity: "page" });
  });

  test("without the test call is unverified: no gauge of a key is written, and the reason is logged", async () => {
    await using lambda = await startLambda({ MONITOR_TEST_CALL: "models" }, {}, { publicModels: true });
    const { gauges, summary, logged } = await lambda.run(connectionsOf(lambda, ["gateway", "wrong-key"]));
    expect(gauges).toEqual({
      [`ServiceFailing{Endpoint=${lambda.sandbox.url},${monitor}}`]: [0, 0],
      [`Probed{${monitor},Shard=0}`]: [1],
    });
    expect(summary.verdicts).toMatchObject({ unverified: 2 });
    // The request without a key is not an attempt of the deciding call.
    expect(logged[0]).toMatchObject({ verdict: "unverified", code: "key-unproven", call: "models", attempts: 1 });
  });

  test("is asked for its list without a key once a run, until it refuses", async () => {
    await using lambda = await startLambda({ MONITOR_TEST_CALL: "models" }, {}, { publicModels: true });
    const connections = connectionsOf(lambda, ["gateway", "good"]);
    await lambda.run(connections);
    await lambda.run(connections);
    expect(callsOf(lambda).filter((call) => call.endsWith("without a key"))).toHaveLength(2);
  });

  test("if it refuses its list without a key, is asked again after a day only", async () => {
    await using lambda = await startLambda({ MONITOR_TEST_CALL: "models" });
    const connections = connectionsOf(lambda, ["gateway"]);
    const controls = () => callsOf(lambda).filter((call) => call.endsWith("without a key")).length;
    for (const [wait, expected] of [
      [0, 1],
      [60_000, 1],
      [day - 60_001, 1],
      [1, 2],
    ] as const) {
      lambda.wait(wait);
      const { gauges } = await lambda.run(connections);
      expect(gauges[`KeyRejected{Connection=gateway,${monitor}}`]).toEqual([0]);
      expect(controls()).toBe(expected);
    }
  });
});

describe("a key that cannot be read", () => {
  test("lowers the gauge Probed and is logged with the reason, and the other connections are probed", async () => {
    await using lambda = await startLambda();
    const connections = ["absent", "denied", "blank", "good"].map((name) => lambda.given(name));
    lambda.store("good", "good");
    lambda.secrets.put(arnOf("denied"), denied);
    lambda.secrets.put(arnOf("blank"), { value: " " });
    const { gauges, logged, summary } = await lambda.run(connections);
    expect(gauges[`Probed{${monitor},Shard=0}`]).toEqual([0.25]);
    expect(Object.keys(gauges).filter((name) => /absent|denied|blank/.test(name))).toEqual([]);
    expect(gauges[`ServiceFailing{Endpoint=${lambda.sandbox.url},${monitor}}`]).toEqual([0]);
    expect(summary).toMatchObject({ expected: 4, probed: 1 });
    const lines = logged.filter(({ level }) => level === "error");
    expect(lines.map(({ reason }) => reason)).toEqual([
      "ResourceNotFoundException",
      "AccessDeniedException",
      "UnusableValue",
    ]);
    expect(lines[1]).toEqual({
      level: "error",
      message: "Connection 'denied' was not probed because its key cannot be read.",
      monitor: "health-1a2b",
      shard: "0",
      connection: "denied",
      secret: arnOf("denied"),
      code: "secret-access-denied",
      reason: "AccessDeniedException",
      cause: expect.stringContaining("secretsmanager:GetSecretValue"),
    });
  });

  test.each([
    ["deleted", { status: 400, error: "InvalidRequestException" }],
    ["of a KMS key that denies it", { status: 400, error: "AccessDeniedException" }],
    ["of a KMS key that is disabled", { status: 400, error: "DecryptionFailure" }],
    ["throttled", { status: 400, error: "ThrottlingException" }],
    ["unreadable while AWS is failing", { status: 500, error: "InternalServiceError" }],
  ] as const)("counts as not probed, never as rejected, if its secret is %s", async (_, answer) => {
    await using lambda = await startLambda();
    lambda.secrets.put(arnOf("prod"), answer);
    const { gauges, logged } = await lambda.run([lambda.given("prod")]);
    expect(gauges).toEqual({ [`Probed{${monitor},Shard=0}`]: [0] });
    expect(logged[0]).toMatchObject({ level: "error", connection: "prod", reason: answer.error });
  });

  test.each([
    [new TypeError("the key is sk-1234"), "TypeError"],
    ["the key is sk-1234", "string"],
  ])(
    "because of a bug in the function counts as not probed, and the log does not repeat the error: %s",
    async (fault, name) => {
      const connections = [{ name: "prod", baseUrl: "https://api.deepseek.com", secretArn: arnOf("prod") }];
      const stored = { value: JSON.stringify({ connections }), createdAt: new Date(START) };
      const readSecret = (id: string) => (id === shardSecret() ? Promise.resolve(stored) : Promise.reject(fault));
      await using lambda = await startLambda({}, { readSecret });
      const { logged } = await lambda.run(connections);
      expect(logged[0]).toMatchObject({ level: "error", reason: "Unexpected", cause: expect.stringContaining(name) });
      expect(JSON.stringify(logged)).not.toContain("sk-");
    },
  );

  test("leaves only the gauge Probed if it is the only one", async () => {
    await using lambda = await startLambda();
    expect((await lambda.run([lambda.given("absent")])).gauges).toEqual({ [`Probed{${monitor},Shard=0}`]: [0] });
  });

  test("is read again in the next run, since failures are not cached", async () => {
    await using lambda = await startLambda();
    const connections = [lambda.given("prod")];
    await lambda.run(connections);
    lambda.store("prod", "good");
    expect((await lambda.run(connections)).summary.probed).toBe(1);
  });
});

describe("the deadline of a run", () => {
  test("ends unfinished probes with a verdict that says so, and reports the others", async () => {
    await using lambda = await startLambda();
    const connections = connectionsOf(lambda, ["good", "slow", "keep-alive-forever"]);
    const { summary, logged, gauges } = await lambda.run(connections, { remainingMs: 5_500 });
    expect(summary).toMatchObject({ probed: 3, verdicts: { valid: 1, indeterminate: 2 } });
    expect(logged[0]).toMatchObject({
      connection: "slow",
      cause: `The probe of ${new URL(lambda.sandbox.url).host} did not finish within the run's time limit.`,
    });
    expect(gauges[`ServiceFailing{Endpoint=${lambda.sandbox.url},${monitor}}`]).toEqual([0, 1, 1]);
  });

  test("that has already passed prevents all calls", async () => {
    await using lambda = await startLambda();
    const { summary, gauges } = await lambda.run(connectionsOf(lambda, ["good"]), { remainingMs: 5_000 });
    expect(summary).toMatchObject({ expected: 0, probed: 0, problem: "secret-not-reached" });
    expect(gauges).toEqual({ [`Probed{${monitor},Shard=0}`]: [0] });
    expect(lambda.secrets.asked).toEqual([]);
    expect(lambda.sandbox.requests).toEqual([]);
  });

  test("covers the secrets too", async () => {
    await using lambda = await startLambda();
    lambda.secrets.put(arnOf("prod"), "silence");
    const { summary } = await lambda.run([lambda.given("prod")], { remainingMs: 5_100 });
    expect(summary.verdicts.indeterminate).toBe(1);
  });
});

describe("a smoke invocation", () => {
  test("waits until the role's permissions take effect", async () => {
    await using lambda = await startLambda();
    const key = lambda.store("prod", "good");
    lambda.secrets.put(arnOf("prod"), denied, { value: key });
    expect((await lambda.run([lambda.given("prod")], { smoke: true })).summary.probed).toBe(1);
  });

  test("throws if they never take effect, and names connection and reason", async () => {
    await using lambda = await startLambda();
    lambda.secrets.put(arnOf("prod"), denied);
    lambda.store("other", "good");
    const connections = [lambda.given("prod"), lambda.given("other")];
    await expect(lambda.run(connections, { smoke: true, remainingMs: 6_200 })).rejects.toThrow(
      "The monitor cannot read the key of 'prod': AccessDeniedException: the function's role is not allowed to read the secret.",
    );
    expect(lambda.secrets.asked.filter((arn) => arn === arnOf("prod")).length).toBeGreaterThan(1);
    expect(lambda.logged[0]).toMatchObject({ level: "error", connection: "prod" });
  });

  test("throws at once if the value cannot be a key", async () => {
    await using lambda = await startLambda();
    const names = ["a", "b", "c", "d", "e", "f"];
    for (const name of names) lambda.secrets.put(arnOf(name), { value: "" });
    await expect(
      lambda.run(
        names.map((name) => lambda.given(name)),
        { smoke: true },
      ),
    ).rejects.toThrow(/'a': UnusableValue.*'e': UnusableValue.* And 1 more\.$/);
    expect(lambda.secrets.asked).toHaveLength(7);
  });

  test("does not throw because of a verdict", async () => {
    await using lambda = await startLambda();
    const { summary } = await lambda.run(connectionsOf(lambda, ["wrong-key", "overloaded"]), { smoke: true });
    expect(summary.verdicts).toMatchObject({ invalid: 1, indeterminate: 1 });
  });
});

describe("a connection with headers", () => {
  const value = "gw 0f1e2d3c/4b5a=6978";
  const withHeaders = (apiKey: string, headers: object) => ({ value: JSON.stringify({ apiKey, headers }) });

  test("is probed with them, and no log line and no gauge contains a value, though the service echoes it", async () => {
    await using lambda = await startLambda();
    const apiKey = lambda.store("prod", "good");
    lambda.secrets.put(arnOf("prod"), withHeaders(apiKey, { "X-Gateway": value }));
    const echo = { status: 404, body: { error: { message: `no team ${value}` } } };
    const { baseUrl, received } = await scripted({ "/models": [echo] });
    const { summary, printed, logged } = await lambda.run([lambda.given("prod", { baseUrl })]);
    expect(summary.verdicts.misconfigured).toBe(1);
    expect(received.map(({ headers }) => headers["x-gateway"])).toEqual([value, value]);
    expect(logged[0]?.["cause"]).toContain('"no team [redacted]"');
    expect(findLeaks(value, [["output", JSON.stringify([summary, printed, logged])]])).toEqual([]);
  });

  test("that are stored with its key is probed with them", async () => {
    await using lambda = await startLambda();
    lambda.create("prod", "good");
    await lambda.run([lambda.connection("prod", { headers: { "x-gateway": value } })]);
    expect(lambda.sandbox.requests.map(({ headers }) => headers["x-gateway"])).toEqual([value, value, value]);
  });

  test("is probed again if only its headers have changed since they were read", async () => {
    await using lambda = await startLambda();
    const key = lambda.store("prod", "wrong-key");
    lambda.secrets.put(
      arnOf("prod"),
      withHeaders(key, { "x-gateway": "old" }),
      withHeaders(key, { "x-gateway": "new" }),
    );
    await lambda.run([lambda.given("prod")]);
    const lists = lambda.sandbox.requests.filter(({ path }) => path === "/models");
    expect(lists.map(({ headers }) => headers["x-gateway"])).toEqual(["old", "old", "new", "new"]);
  });

  test("is reported as unreadable if a header must not be sent", async () => {
    await using lambda = await startLambda();
    const key = lambda.store("prod", "good");
    lambda.secrets.put(arnOf("prod"), withHeaders(key, { Authorization: value }));
    const { logged } = await lambda.run([lambda.given("prod")]);
    expect(logged[0]).toMatchObject({
      level: "error",
      code: "secret-headers-invalid",
      cause: expect.stringContaining("the headers in the secret cannot be used (header-authorization)"),
    });
    expect(JSON.stringify(logged)).not.toContain(value);
    expect(lambda.sandbox.requests).toEqual([]);
  });
});

test("plain http to another machine is called only if the connection allows it", async () => {
  await using lambda = await startLambda();
  lambda.create("prod", "good");
  const connection = lambda.connection("prod", { baseUrl: "http://gateway.invalid:4000" });
  const { logged } = await lambda.run([connection]);
  expect(logged[0]?.["cause"]).toContain("connections[0].baseUrl: it uses plain http");
  const { summary } = await lambda.run([{ ...connection, allowInsecureHttp: true }], { shard: "1" });
  expect(summary.verdicts.indeterminate).toBe(1);
});

describe("a shard's secret that cannot be read", () => {
  const apiKey = "sk-0123456789abcdef0123456789abcdef";
  const good = { name: "a", baseUrl: "https://api.deepseek.com", apiKey };

  test("lowers the gauge Probed to 0 and is logged with its name and the reason, and no heartbeat is sent", async () => {
    await using lambda = await startLambda({ MONITOR_HEARTBEAT_URL: "http://127.0.0.1:9/never" });
    const { printed, summary, logged, gauges } = await lambda.run([], { shard: "3" });
    expect(summary).toMatchObject({ shard: "3", expected: 0, probed: 0, problem: "secret-shard-invalid" });
    expect(gauges).toEqual({ [`Probed{${monitor},Shard=3}`]: [0] });
    expect(printed).toHaveLength(1);
    expect(logged).toEqual([
      {
        level: "error",
        message: "No connection of shard 3 was probed because its secret cannot be read.",
        monitor: "health-1a2b",
        shard: "3",
        secret: shardSecret("3"),
        code: "secret-shard-invalid",
        reason: "UnusableValue",
        cause: expect.stringContaining("connections: has an invalid value"),
      },
    ]);
  });

  test.each([
    ["deleted", { status: 400, error: "InvalidRequestException" }],
    ["not allowed", denied],
  ] as const)("is read again in the next run, if it was %s", async (_, answer) => {
    await using lambda = await startLambda();
    lambda.create("prod", "good");
    const value = JSON.stringify({ connections: [lambda.connection("prod")] });
    lambda.secrets.put(shardSecret(), answer, { value });
    expect(await lambda.runRaw({ shard: "0" })).toMatchObject({ probed: 0 });
    expect(await lambda.runRaw({ shard: "0" })).toMatchObject({ probed: 1 });
  });

  test("because of a bug in the function does not stop the run", async () => {
    await using lambda = await startLambda({}, { readSecret: () => Promise.reject(new TypeError(apiKey)) });
    const { summary, logged } = await lambda.run([good]);
    expect(summary).toMatchObject({ probed: 0, problem: "probe-broke-off" });
    expect(JSON.stringify(logged)).not.toContain("sk-");
  });

  test("fails a smoke invocation", async () => {
    await using lambda = await startLambda();
    lambda.secrets.put(shardSecret(), denied);
    await expect(lambda.runRaw({ shard: "0", smoke: true }, 6_200)).rejects.toThrow(
      "The monitor cannot read the connections of shard 0: AccessDeniedException: the function's role is not allowed",
    );
  });

  const own = (more: object) => [{ ...good, ...more }];

  test.each<[string, unknown, string]>([
    ["no JSON", apiKey, "is missing"],
    ["no connections", "{}", "connections: is missing"],
    ["an invalid name", own({ name: "a b" }), "connections[0].name: has an invalid value"],
    ["an invalid ARN", own({ secretArn: "prod" }), "connections[0].secretArn: has an invalid value"],
    ["no address", own({ baseUrl: "api" }), "connections[0].baseUrl: it is not an absolute URL"],
    ["plain http", own({ baseUrl: "http://api.example" }), "connections[0].baseUrl: it uses plain http"],
    ["two keys for a connection", own({ secretArn: arnOf("a") }), "connections[0].apiKey: exactly one of apiKey and"],
    ["no key", own({ apiKey: undefined }), "connections[0].apiKey: exactly one of apiKey and secretArn is needed"],
    ["a name twice", [good, good], "connections[1].name: is used more than once"],
    [
      "a key as a header's name",
      own({ headers: { [apiKey]: 7 } }),
      "connections[0].headers: must be of the type string",
    ],
    ["51 connections", Array(51).fill(good), "connections: has an invalid value"],
    ["many problems", Array(7).fill({}), "and 9 more"],
  ])("is reported without a value, if it contains %s", async (_, content, problem) => {
    await using lambda = await startLambda();
    const value = typeof content === "string" ? content : JSON.stringify({ connections: content });
    lambda.secrets.put(shardSecret(), { value });
    await expect(lambda.runRaw({ shard: "0", smoke: true })).rejects.toThrow(problem);
    await expect(lambda.runRaw({ shard: "0", smoke: true })).rejects.not.toThrow(apiKey);
    expect(lambda.sandbox.requests).toEqual([]);
  });
});

describe("an error names the invalid field of", () => {
  test.each([
    [undefined, "event: is missing"],
    [{}, "shard: is missing"],
    [{ shard: "x" }, "shard: has an invalid value"],
    [{ shard: "00" }, "shard: has an invalid value"],
    [{ shard: "20" }, "shard: the monitor has no such shard; it has 20"],
    [{ shard: "0", connections: [] }, "connections: is not known"],
    [{ shard: "0", ...Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`f${index}`, 1])) }, "and 4 more"],
  ])("the event %j", async (event, problem) => {
    await using lambda = await startLambda();
    await expect(lambda.runRaw(event)).rejects.toThrow(problem);
    await expect(lambda.runRaw(event)).rejects.toThrow(invocationProblems["event-invalid"].remedy);
    await expect(lambda.runRaw(event)).rejects.toThrow(/ \[event-invalid\]$/);
    expect(lambda.secrets.asked).toEqual([]);
  });

  test.each([
    ["MONITOR_NAME", ""],
    ["MONITOR_SHARDS", "0"],
    ["MONITOR_SHARDS", "many"],
    ["MONITOR_TEST_CALL", "always"],
    ["MONITOR_DETAIL", ""],
    ["MONITOR_GAUGES", "Balance,Weather"],
    ["MONITOR_HEARTBEAT_URL", "soon"],
  ])("the environment's %s = %j", async (name, value) => {
    await using lambda = await startLambda({ [name]: value });
    await expect(lambda.run([lambda.connection("a")])).rejects.toThrow(`${name}: `);
  });

  test("an environment, without repeating its value, which may be secret", async () => {
    await using lambda = await startLambda({ MONITOR_HEARTBEAT_URL: "not-an-address-but-a-secret" });
    await expect(lambda.run([lambda.connection("a")])).rejects.not.toThrow("secret");
  });

  test("an empty environment", async () => {
    await using lambda = await startLambda({}, { environment: {} });
    for (const name of Object.keys(monitorEnvironment)) {
      await expect(lambda.run([lambda.connection("a")])).rejects.toThrow(`${name}: `);
    }
  });
});
