import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alarmDefinitions } from "../../../../monitor/alarms/catalog.ts";
import { type MonitoredTopic, topicReader } from "../../../../monitor/lambda/topics.ts";
import type { Http } from "../../../../provider/deepseek/http.ts";
import { nodeHttp } from "../../../../provider/deepseek/http-node.ts";
import { innerWords, type Sns, startSns, topicArn } from "../../../support/sns.ts";
import { startLambda } from "./support/lambda-under-test.ts";

let sns: Sns;
beforeAll(async () => {
  sns = await startSns();
});
afterAll(() => sns[Symbol.asyncDispose]());

const timesAsked = (name: string) => sns.asked.filter((arn) => arn === topicArn(name)).length;
const read = (name: string) => topicReader(sns.environment, nodeHttp)(topicArn(name));

describe("the subscriptions of a topic", () => {
  test("are counted with a signed request", async () => {
    sns.put(topicArn("on-call"), { confirmed: 3, pending: 1 });
    expect(await read("on-call")).toEqual({ confirmed: 3, pending: 1 });
  });

  test.each([
    [403, "AuthorizationError"],
    [404, "NotFound"],
    [400, "InvalidParameter"],
  ])("are not known if AWS refuses: %i %s, whose own text is not repeated", async (status, error) => {
    sns.put(topicArn(error), { status, error });
    expect(await read(error)).toEqual({ reason: error });
    expect(timesAsked(error)).toBe(1);
  });

  test.each([
    ["throttling", { status: 400, error: "Throttled" }],
    ["an internal error", { status: 500, error: "InternalError" }],
    ["a reset", "reset"],
  ] as const)("are counted again after a transient fault: %s", async (what, fault) => {
    sns.put(topicArn(what), fault, { confirmed: 1, pending: 0 });
    expect(await read(what)).toEqual({ confirmed: 1, pending: 0 });
    expect(timesAsked(what)).toBe(2);
  });

  test.each([
    ["no XML", "<html>"],
    ["no counts", "<GetTopicAttributesResponse/>"],
    ["one count", "<key>SubscriptionsConfirmed</key><value>1</value>"],
    ["a count that is no number", "<key>SubscriptionsConfirmed</key><value>-1</value><key>SubscriptionsPending</key>"],
  ])("are not known if the reply has %s", async (what, body) => {
    sns.put(topicArn(what), { status: 200, body });
    expect(await read(what)).toEqual({ reason: "UnexpectedReply" });
  });

  test("are not known if an error has no name", async () => {
    sns.put(topicArn("nameless"), { status: 404, body: "<html>" });
    expect(await read("nameless")).toEqual({ reason: "HTTP404" });
  });

  test("are not known without credentials, or if the credentials are wrong", async () => {
    sns.put(topicArn("a"), { confirmed: 1, pending: 0 });
    const forged = { ...sns.environment, AWS_SECRET_ACCESS_KEY: "another" };
    expect(await topicReader(forged, nodeHttp)(topicArn("a"))).toEqual({ reason: "SignatureDoesNotMatch" });
    expect(await topicReader({}, nodeHttp)(topicArn("a"))).toEqual({ reason: "NoCredentials" });
  });

  test.each([
    ["arn:aws:sns:eu-west-1:123456789012:a", undefined, "eu-west-1.amazonaws.com"],
    ["arn:aws-cn:sns:cn-north-1:123456789012:a", "amazonaws.com.cn", "cn-north-1.amazonaws.com.cn"],
  ])("%s are counted in its Region, at the partition's host", async (arn, suffix, host) => {
    const urls: string[] = [];
    const http: Http = async (request) => {
      urls.push(request.url);
      return nodeHttp({ ...request, url: sns.url });
    };
    const { AWS_ENDPOINT_URL_SNS: _, ...environment } = sns.environment;
    await topicReader({ ...environment, ...(suffix !== undefined && { MONITOR_DNS_SUFFIX: suffix }) }, http)(arn);
    expect(urls).toEqual([`https://sns.${host}/`]);
  });
});

const page: MonitoredTopic = { arn: topicArn("page"), severities: ["page"], expected: 1 };
const ticket: MonitoredTopic = { arn: topicArn("ticket"), severities: ["ticket"], expected: 2 };

/** A function with these topics, and a connection that works. */
async function functionWith(topics: readonly MonitoredTopic[], gauges = "SubscriptionLost") {
  const lambda = await startLambda(
    { MONITOR_TOPICS: JSON.stringify(topics), MONITOR_GAUGES: gauges },
    { readTopic: topicReader(sns.environment, nodeHttp) },
  );
  lambda.create("prod", "good");
  const run = async (options?: Parameters<typeof lambda.run>[1]) => {
    const before = sns.asked.length;
    const outcome = await lambda.run([lambda.connection("prod")], options);
    const gauges = Object.fromEntries(
      Object.entries(outcome.gauges).filter(([name]) => name.startsWith("SubscriptionLost")),
    );
    const warnings = outcome.logged.filter(({ level }) => level === "warn");
    return { ...outcome, gauges, warnings, asked: sns.asked.length - before };
  };
  return { lambda, run, [Symbol.asyncDispose]: () => lambda[Symbol.asyncDispose]() };
}

const HOUR = 60 * 60 * 1_000;

describe("the function", () => {
  test("counts once a day, in the runs of shard 0, and writes the last count in each run", async () => {
    sns.put(page.arn, { confirmed: 1, pending: 0 });
    sns.put(ticket.arn, { confirmed: 5, pending: 0 });
    await using it = await functionWith([page, ticket]);
    const good = {
      "SubscriptionLost{Monitor=health-1a2b,Topic=page}": [0],
      "SubscriptionLost{Monitor=health-1a2b,Topic=ticket}": [0],
    };
    expect(await it.run({ shard: "1" })).toMatchObject({ asked: 0, gauges: {} });
    expect(await it.run()).toMatchObject({ asked: 2, gauges: good, warnings: [] });
    it.lambda.wait(23 * HOUR);
    expect(await it.run()).toMatchObject({ asked: 0, gauges: good });
    expect((await it.run({ shard: "1" })).gauges).toEqual({});
    it.lambda.wait(HOUR);
    expect(await it.run()).toMatchObject({ asked: 2, gauges: good });
  });

  test("reports a lost subscription once a count, with counts, cause, next step and code, and counts again in half an hour", async () => {
    sns.put(page.arn, { confirmed: 1, pending: 0 });
    sns.put(ticket.arn, { confirmed: 1, pending: 0 }, { confirmed: 2, pending: 0 });
    await using it = await functionWith([page, ticket]);
    const { warnings, gauges } = await it.run();
    expect(warnings).toEqual([
      {
        level: "warn",
        message: expect.stringMatching(
          /^The topic for ticket has lost subscriptions: 2 expected, 1 confirmed, 0 pending\./,
        ),
        monitor: "health-1a2b",
        shard: "0",
        topic: "ticket",
        expected: 2,
        confirmed: 1,
        pending: 0,
        code: "subscription-lost",
        cause: expect.stringContaining("unsubscribe link"),
        nextStep: expect.stringContaining("pulumi up --refresh"),
      },
    ]);
    expect(gauges).toMatchObject({ "SubscriptionLost{Monitor=health-1a2b,Topic=ticket}": [1] });
    it.lambda.wait(HOUR / 4);
    expect(await it.run()).toMatchObject({ asked: 0, warnings: [], gauges });
    it.lambda.wait(HOUR / 4);
    const after = await it.run();
    expect(after).toMatchObject({ asked: 2, warnings: [] });
    expect(after.gauges).toMatchObject({ "SubscriptionLost{Monitor=health-1a2b,Topic=ticket}": [0] });
    // So a subscription that a deployment creates a little later never fires the alarm.
    const { period, evaluationPeriods } = alarmDefinitions.subscriptionLost;
    expect(period * evaluationPeriods * 1_000).toBeGreaterThan(HOUR);
  });

  test("reports a pending subscription, which is not lost", async () => {
    sns.put(ticket.arn, { confirmed: 1, pending: 1 });
    await using it = await functionWith([ticket]);
    const { warnings, gauges } = await it.run();
    expect(warnings).toMatchObject([{ code: "subscription-pending", topic: "ticket", pending: 1, confirmed: 1 }]);
    expect(gauges).toEqual({ "SubscriptionLost{Monitor=health-1a2b,Topic=ticket}": [0] });
  });

  test("writes no gauge that no alarm reads: one topic for both severities is only logged", async () => {
    sns.put(page.arn, { confirmed: 0, pending: 0 });
    await using it = await functionWith([{ ...page, severities: ["page", "ticket"] }], "");
    const { warnings, gauges } = await it.run();
    expect(warnings).toMatchObject([{ code: "subscription-lost", topic: "page and ticket" }]);
    expect(gauges).toEqual({});
  });

  test("goes on if a topic refuses: the run succeeds, one line says so, and its gauge is left out", async () => {
    sns.put(page.arn, { status: 403, error: "AuthorizationError" });
    sns.put(ticket.arn, { confirmed: 2, pending: 0 });
    await using it = await functionWith([page, ticket]);
    const { summary, warnings, gauges, logged } = await it.run();
    expect(summary).toMatchObject({ probed: 1, verdicts: { valid: 1 } });
    expect(warnings).toMatchObject([{ code: "topic-unreadable", topic: "page", reason: "AuthorizationError" }]);
    expect(gauges).toEqual({ "SubscriptionLost{Monitor=health-1a2b,Topic=ticket}": [0] });
    const { AWS_SECRET_ACCESS_KEY = "", AWS_SESSION_TOKEN = "", AWS_ACCESS_KEY_ID = "" } = sns.environment;
    for (const hidden of [innerWords, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_ACCESS_KEY_ID]) {
      expect(JSON.stringify(logged)).not.toContain(hidden);
    }
    it.lambda.wait(HOUR);
    expect(await it.run()).toMatchObject({ asked: 0, warnings: [] });
  });

  test("does not let a silent SNS delay a run beyond its deadline", async () => {
    sns.put(page.arn, "silence");
    await using it = await functionWith([page]);
    const started = performance.now();
    // The last five seconds are reserved.
    const { summary, warnings, gauges } = await it.run({ remainingMs: 6_000 });
    expect(performance.now() - started).toBeLessThan(2_500);
    expect(summary).toMatchObject({ probed: 1, verdicts: { valid: 1 } });
    expect(warnings).toMatchObject([{ code: "topic-unreadable", reason: "NotReached: timeout" }]);
    expect(gauges).toEqual({});
  });

  test("counts also if the shard's secret cannot be read", async () => {
    sns.put(page.arn, { confirmed: 0, pending: 0 });
    await using it = await functionWith([page]);
    expect(await it.lambda.runRaw({ shard: "0" })).toMatchObject({ problem: "secret-not-found" });
    expect(it.lambda.logged.map(({ code }) => code)).toEqual(["subscription-lost", "secret-not-found"]);
  });

  test("leaves out smoke invocations, which can be earlier than the subscriptions", async () => {
    await using it = await functionWith([page]);
    expect(await it.run({ smoke: true })).toMatchObject({ asked: 0, warnings: [], gauges: {} });
  });

  test("returns the counts to a deployment that asks for them, and probes nothing; the next run uses them", async () => {
    sns.put(page.arn, { confirmed: 0, pending: 0 }, { confirmed: 1, pending: 0 });
    await using it = await functionWith([page]);
    await it.run();
    it.lambda.sandbox.clearRequests();
    expect(await it.lambda.runRaw({ shard: "0", topics: true })).toMatchObject({
      probed: 0,
      topics: [{ topic: "page", expected: 1, confirmed: 1, pending: 0 }],
    });
    expect(it.lambda.sandbox.requests).toEqual([]);
    const { asked, gauges } = await it.run();
    expect(asked).toBe(0);
    expect(gauges).toEqual({ "SubscriptionLost{Monitor=health-1a2b,Topic=page}": [0] });
  });

  test.each([
    "no JSON",
    '[{"arn":"arn:aws:sns:evil.example/:123456789012:a","severities":["page"],"expected":1}]',
    '[{"arn":"arn:aws:s3:::a","severities":["page"],"expected":1}]',
  ])("refuses topics that are none: %s", async (given) => {
    await using lambda = await startLambda({ MONITOR_TOPICS: given });
    await expect(lambda.runRaw({ shard: "0" })).rejects.toThrow(/MONITOR_TOPICS: .*\[environment-invalid\]/);
  });
});
