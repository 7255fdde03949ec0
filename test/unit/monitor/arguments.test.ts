import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { type MessageCode, messages } from "../../../monitor/argument-messages.ts";
import type { DeepSeekMonitorArgs } from "../../../monitor/index.ts";
import { allowedBaseUrl, inputSchemas } from "../../../monitor/schema.ts";
import { checked, checkedHeaders, checkedKey, readAlarms, settingsOf } from "../../../monitor/settings.ts";
import type { MessageText } from "../../../provider/core/message-text.ts";
import type { Problem } from "../../../provider/core/problems.ts";
import { exampleKey as key } from "../../support/keys.ts";
import { account, known, least, region } from "./support/deploy.ts";

const secretArn = `arn:aws:secretsmanager:${region}:${account}:secret:deepseek-AbCdEf`;
const topic = `arn:aws:sns:${region}:${account}:on-call`;

/** The problems in the arguments: each line of the error except the first. */
function reported(wrong: object, name = "health"): readonly Problem[] {
  try {
    settingsOf(name, { ...least, ...wrong } as DeepSeekMonitorArgs);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(pulumi.RunError);
    const [first, ...lines] = (error as Error).message.split("\n");
    expect(first).toBe(`DeepSeekMonitor '${name}' has invalid arguments:`);
    return lines.map((line) => {
      const [, text = "", code = ""] = /^ {2}- (.*) \[([a-z-]+)\]$/.exec(line) ?? [];
      return { code, text };
    });
  }
}

const problemsOf = (wrong: object, name?: string) => reported(wrong, name).map(({ text }) => text);

describe("a monitor's arguments", () => {
  it("get their defaults", async () => {
    const { connections, ...others } = settingsOf("health", least);
    expect(others).toEqual({
      intervalMinutes: 1,
      testCall: "chat",
      emails: [],
      page: undefined,
      ticket: undefined,
      alarms: {},
      runbookUrl: expect.stringMatching(/^https:.*runbook\.html$/),
      kmsKeyArn: undefined,
      vpc: undefined,
      logRetentionDays: 30,
      heartbeatUrl: undefined,
      dashboard: true,
      detail: "connection",
    });
    expect(connections).toHaveLength(1);
    const {
      name,
      apiKey,
      secretArn: arn,
      secretField,
      headers,
      ...outputs
    } = connections[0] as (typeof connections)[number];
    expect([name, arn, secretField, headers]).toEqual(["prod", undefined, undefined, undefined]);
    expect(await known(pulumi.output(apiKey))).toBe(key);
    expect(await pulumi.isSecret(pulumi.output(apiKey))).toBe(true);
    expect(await known(pulumi.output(outputs))).toEqual({
      baseUrl: "https://api.deepseek.com",
      allowInsecureHttp: false,
      model: undefined,
      displayName: "prod",
      keyCreatedAt: undefined,
    });
  });

  it("are normalized: whitespace around a link would break it", () => {
    const given = {
      ...least,
      runbookUrl: " https://wiki.example/page\n",
      scheduleExpression: " rate( 10 minutes ) ",
      alarms: { keyRejected: { enabled: undefined, severity: undefined }, unfunded: undefined },
    };
    const { runbookUrl, intervalMinutes, alarms } = settingsOf("health", given as unknown as DeepSeekMonitorArgs);
    expect([runbookUrl, intervalMinutes]).toEqual(["https://wiki.example/page", 10]);
    expect(alarms).toEqual({ keyRejected: {} });
  });

  it.each([
    ["rate(1 minute)", 1],
    ["rate(1 minutes)", 1],
    ["rate(5 minutes)", 5],
    ["rate(60 minutes)", 60],
    ["rate(1 hour)", 60],
  ])("read the schedule '%s' as %s minutes", (scheduleExpression, minutes) => {
    expect(settingsOf("health", { ...least, scheduleExpression }).intervalMinutes).toBe(minutes);
  });

  it.each(["rate(61 minutes)", "rate(1.5 minutes)", "rate(1 day)", "1 minute"])(
    "refuse the schedule '%s'",
    (scheduleExpression) => {
      expect(problemsOf({ scheduleExpression })).toEqual([
        expect.stringMatching(/^scheduleExpression: must be 'rate\(1 minute\)'/),
      ]);
    },
  );

  it.each([
    ["no connections", { connections: {} }, /^connections: is empty\. Name at least one/],
    [
      "undefined connections",
      { connections: undefined },
      /^connections: must be an object that maps names to connections/,
    ],
    [
      "connections that are known only later",
      { connections: pulumi.output({}) },
      /^connections: must be .*not an output or a promise/,
    ],
    [
      "a schedule under a minute",
      { scheduleExpression: "rate(30 seconds)" },
      /^scheduleExpression: .*Intervals below a minute.*\(got "rate\(30 seconds\)"\)$/,
    ],
    [
      "a schedule of zero minutes",
      { scheduleExpression: "rate(0 minutes)" },
      /^scheduleExpression: must be 'rate\(1 minute\)'/,
    ],
    [
      "a cron expression",
      { scheduleExpression: "cron(0 * * * ? *)" },
      /^scheduleExpression: .*cron expressions are not supported/,
    ],
    [
      "a schedule above an hour",
      { scheduleExpression: "rate(2 hours)" },
      /^scheduleExpression: .*intervals above an hour/,
    ],
    [
      "an unknown alarm",
      { alarms: { keyRevoked: { enabled: true } } },
      /^alarms\.keyRevoked: is not an alarm; the alarms are keyRejected, allKeysRejected, unfunded, /,
    ],
    ["alarms that are not an object", { alarms: "all" }, /^alarms: must be an object \(got "all"\)$/],
    [
      "an unknown setting of an alarm",
      { alarms: { slow: { limit: 5 } } },
      /^alarms\.slow\.limit: is not a setting of an alarm; the settings are enabled, severity, threshold$/,
    ],
    [
      "an alarm that is not an object",
      { alarms: { slow: true } },
      /^alarms\.slow: must be an object such as \{ enabled: true \} \(got true\)$/,
    ],
    [
      "a share above 1",
      { alarms: { serviceDown: { threshold: 50 } } },
      /^alarms\.serviceDown\.threshold: must be above 0 and at most 1.*\(got 50\)$/,
    ],
    [
      "a limit of zero",
      { alarms: { slow: { enabled: true, threshold: 0 } } },
      /^alarms\.slow\.threshold: must be above 0 \(got 0\)$/,
    ],
    [
      "an unknown severity",
      { alarms: { slow: { enabled: true, severity: "sms" } } },
      /^alarms\.slow\.severity: must be 'page' or 'ticket' \(got "sms"\)$/,
    ],
    [
      "spending without a limit",
      { alarms: { balanceFallsFast: { enabled: true } } },
      /^alarms\.balanceFallsFast\.threshold: is missing and has no default\. Set it to an amount for the currency of your accounts, such as \{ USD: 5 \}$/,
    ],
    [
      "a limit of a balance without a currency",
      { alarms: { lowBalance: { threshold: 5 } } },
      /^alarms\.lowBalance\.threshold: must be an object such as \{ USD: 5 \}: an amount for the currency of your accounts \(got 5\)$/,
    ],
    [
      "a limit in no currency",
      { alarms: { lowBalance: { threshold: {} } } },
      /^alarms\.lowBalance\.threshold: must be an object such as \{ USD: 5 \}/,
    ],
    [
      "a limit of a balance of zero",
      { alarms: { lowBalance: { threshold: { CNY: 0 } } } },
      /^alarms\.lowBalance\.threshold\.CNY: must be above 0 \(got 0\)$/,
    ],
    [
      "a limit in an unknown currency",
      { alarms: { lowBalance: { threshold: { EUR: 5 } } } },
      /^alarms\.lowBalance\.threshold\.EUR: is not a currency of a balance; the currencies are USD, CNY$/,
    ],
    [
      "a share of failures at which 'service down' fires anyway",
      { alarms: { serviceUnstable: { threshold: 0.85 } } },
      /^alarms\.serviceUnstable\.threshold: must be above 0 and below 0\.85, because it is a share \(got 0\.85\)$/,
    ],
    [
      "spending in fleet detail",
      { detail: "fleet", alarms: { balanceFallsFast: { enabled: true, threshold: { USD: 1 } } } },
      /^alarms\.balanceFallsFast: is not available in fleet detail/,
    ],
    [
      "a setting of an alarm that is off",
      { alarms: { slow: { threshold: 500 } } },
      /^alarms\.slow: is off by default, so its settings have no effect\. Add enabled: true$/,
    ],
    [
      "an invalid email address",
      { notify: { emails: ["on-call"] } },
      /^notify\.emails\[0\]: is not an email address \(got "on-call"\)$/,
    ],
    [
      "a duplicate email address",
      { notify: { emails: ["a@example.com", "A@example.com"] } },
      /^notify\.emails: contains a duplicate/,
    ],
    [
      "emails that are not a list",
      { notify: { emails: "a@example.com" } },
      /^notify\.emails: must be a list of email addresses/,
    ],
    [
      "emails beside two topics",
      { notify: { emails: ["a@example.com"], page: topic, ticket: topic } },
      /^notify\.emails: has no effect: if you set both page and ticket/,
    ],
    [
      "an unknown way to notify",
      { notify: { slack: "#x" } },
      /^notify\.slack: is not a setting of notify; the settings are emails, page, ticket$/,
    ],
    [
      "an invalid topic",
      { notify: { page: "on-call" } },
      /^notify\.page: must be the ARN of an SNS topic.*\(got "on-call"\)$/,
    ],
    [
      "a FIFO topic",
      { notify: { ticket: `${topic}.fifo` } },
      /^notify\.ticket: is a FIFO topic, to which alarms cannot publish/,
    ],
    [
      "a VPC with an id of another kind",
      { vpc: { subnetIds: ["vpc-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] } },
      /^vpc\.subnetIds\[0\]: is not an id such as subnet-0a1b2c3d/,
    ],
    [
      "a VPC with more security groups than AWS allows",
      { vpc: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: Array(6).fill("sg-0a1b2c3d") } },
      /^vpc\.securityGroupIds: must name 1 to 5 security groups/,
    ],
    ["a VPC without security groups", { vpc: { subnetIds: ["subnet-0a1b2c3d"] } }, /^vpc\.securityGroupIds: /],
    [
      "a VPC with an unknown setting",
      { vpc: { subnets: [], subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] } },
      /^vpc\.subnets: is not a setting of vpc; the settings are subnetIds, securityGroupIds/,
    ],
    ["a runbook without https", { runbookUrl: "http://wiki.example/runbook" }, /^runbookUrl: must be an https address/],
    [
      "a runbook too long for a text",
      { runbookUrl: `https://wiki.example/${"x".repeat(300)}` },
      /^runbookUrl: must not be longer than 200/,
    ],
    [
      "an alias for a key",
      { kmsKeyArn: `arn:aws:kms:${region}:${account}:alias/x` },
      /^kmsKeyArn: must be the ARN of a KMS key.*not the ARN of an alias/,
    ],
    [
      "a retention that CloudWatch does not accept",
      { logRetentionDays: 31 },
      /^logRetentionDays: must be one of 1, 3, 5.*\(got 31\)$/,
    ],
    [
      "a heartbeat without https",
      { heartbeatUrl: "http://heartbeat.example/abc" },
      /^heartbeatUrl: must be an https address/,
    ],
    [
      "a heartbeat with a password",
      { heartbeatUrl: "https://me:hunter2@heartbeat.example" },
      /^heartbeatUrl: must not contain a user name.*\(got "https:\/\/…@heartbeat\.example"\)$/,
    ],
    ["a dashboard that is not a boolean", { dashboard: "yes" }, /^dashboard: must be true or false \(got "yes"\)$/],
    ["an unknown detail", { detail: "coarse" }, /^detail: must be 'connection' or 'fleet' \(got "coarse"\)$/],
    ["an unknown test call", { testCall: "fim" }, /^testCall: must be 'chat' or 'models' \(got "fim"\)$/],
    [
      "an unknown argument",
      { schedule: "rate(1 minute)" },
      /^schedule: is not an argument of DeepSeekMonitor; the arguments are connections, /,
    ],
  ])("are refused with one clear sentence: %s", (_, wrong, expected) => {
    const problems = problemsOf(wrong);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it.each([
    ["no key", {}, /^connections\.prod: has neither apiKey nor secretArn\. Set apiKey, or set secretArn/],
    ["two keys", { apiKey: key, secretArn }, /^connections\.prod: has both apiKey and secretArn\. Remove one of them$/],
    [
      "a field without a secret",
      { apiKey: key, secretField: "key" },
      /^connections\.prod: has secretField without secretArn\. Set secretArn, or remove secretField$/,
    ],
    ["an empty key", { apiKey: " " }, /^connections\.prod\.apiKey: is empty$/],
    [
      "a quoted key",
      { apiKey: `"${key}"` },
      /^connections\.prod\.apiKey: contains a quotation mark\. Provide only the key$/,
    ],
    [
      "a secret's name",
      { secretArn: "deepseek" },
      /^connections\.prod\.secretArn: must be the ARN of a secret.*\(got "deepseek"\)$/,
    ],
    [
      "a part of a secret's ARN",
      { secretArn: secretArn.slice(0, -7) },
      /^connections\.prod\.secretArn: must be the secret's complete ARN/,
    ],
    [
      "plain http",
      { apiKey: key, baseUrl: "http://api.deepseek.com" },
      /^connections\.prod\.baseUrl: it uses plain http/,
    ],
    [
      "an invalid model id",
      { apiKey: key, defaultModel: "a\nb" },
      /^connections\.prod\.defaultModel: must be the id of a model/,
    ],
    [
      "a name of two lines",
      { apiKey: key, displayName: "a\nb" },
      /^connections\.prod\.displayName: must be 1 to 100 characters/,
    ],
    [
      "an invalid date",
      { apiKey: key, keyCreatedAt: "yesterday" },
      /^connections\.prod\.keyCreatedAt: must be a date such as/,
    ],
    [
      "an unknown input",
      { apiKey: key, apikey: "x" },
      /^connections\.prod\.apikey: is not an input of a connection; the inputs are apiKey, /,
    ],
    ["a key where a connection belongs", key, /^connections\.prod: must be a DeepSeekConnection or an object/],
  ])("are refused for a connection with %s", (_, connection, expected) => {
    const problems = problemsOf({ connections: { prod: connection } });
    expect(problems.join("\n")).toMatch(expected);
    expect(problems.join("\n")).not.toContain(key);
  });

  it.each(["", "a b", "a/b", "prödüction", "x".repeat(33)])("are refused for a connection called '%s'", (name) => {
    expect(problemsOf({ connections: { [name]: { apiKey: key } } })).toEqual([
      expect.stringMatching(/^connections\..*: its name must be 1 to 32 characters of A–Z a–z 0–9 _ \. -$/),
    ]);
  });

  it("are refused if the names of two connections differ only in upper and lower case", () => {
    expect(
      problemsOf({ connections: { prod: { apiKey: key }, Prod: { apiKey: key }, test: { apiKey: key } } }),
    ).toEqual(["connections.Prod: differs from connections.prod only in upper and lower case. Rename one of them"]);
  });

  it.each(["", "my monitor", "x".repeat(41)])("are refused for a monitor called '%s'", (name) => {
    expect(problemsOf({}, name)).toEqual(["the monitor's own name: must be 1 to 40 characters of A–Z a–z 0–9 _ -"]);
  });

  it("are refused with all problems at once", () => {
    const wrong = { connections: { "a b": {} }, dashboard: 1, detail: "x", notify: { page: "x" } };
    expect(problemsOf(wrong).map((problem) => problem.split(":")[0])).toEqual([
      "connections.a b",
      "notify.page",
      "dashboard",
      "detail",
      "connections.a b",
    ]);
  });

  it("may contain a key only in apiKey, and no message shows it", () => {
    const other = "a-key-of-some-gateway-7f3a";
    const wrong = {
      connections: {
        [key]: { apiKey: key },
        prod: { apiKey: other, displayName: `the one with ${other}`, baseUrl: `https://${key}.example` },
      },
      heartbeatUrl: `https://heartbeat.example/${key}`,
      notify: { emails: [`${other}@example.com`] },
    };
    const problems = problemsOf(wrong);
    for (const place of [
      "connections.prod.displayName",
      "connections.prod.baseUrl",
      "heartbeatUrl",
      "notify.emails[0]",
    ]) {
      expect(problems).toContain(`${place}: contains an API key, which belongs only in apiKey`);
    }
    const text = problems.join("\n");
    expect(text).not.toContain(key.slice(4));
    expect(text).not.toContain(other);
  });

  it("may hold a header's value nowhere but in headers, and no message shows it", () => {
    const value = "gateway:0f1e2d3c4b5a";
    const wrong = {
      connections: {
        prod: { apiKey: key, headers: { "x-team": value, Cookie: value }, displayName: `of ${value}` },
        test: { apiKey: key, headers: { "x-team": 7 } },
      },
      runbookUrl: `https://wiki.example/${value}`,
    };
    const problems = problemsOf(wrong);
    expect(problems.map((problem) => problem.replace(/:.*/, "")).toSorted()).toEqual([
      "connections.prod.displayName",
      "connections.prod.headers.Cookie",
      "connections.test.headers.x-team",
      "runbookUrl",
    ]);
    expect(problems).toContain("runbookUrl: contains the value of a header, which belongs only in headers");
    expect(problems.join("\n")).not.toContain(value.slice(0, 12));
  });

  it("may be plain http to another machine only with allowInsecureHttp", () => {
    const baseUrl = "http://gateway:4000";
    expect(problemsOf({ connections: { prod: { apiKey: key, baseUrl, allowInsecureHttp: true } } })).toEqual([]);
    for (const allowInsecureHttp of [undefined, false]) {
      expect(problemsOf({ connections: { prod: { apiKey: key, baseUrl, allowInsecureHttp } } })).toEqual([
        expect.stringMatching(
          /^connections\.prod\.baseUrl: .*set allowInsecureHttp: true\..*\(got "http:\/\/gateway:4000"\)$/,
        ),
      ]);
    }
  });

  it("may contain the short key of a local gateway, which can be any word", () => {
    expect(problemsOf({ connections: { local: { apiKey: "local", baseUrl: "http://localhost:4000" } } })).toEqual([]);
  });
});

describe("monitor arguments that are known late", () => {
  it("are not checked before they are known", () => {
    const later = pulumi.output(new Promise<string>(() => {}));
    expect(problemsOf({ kmsKeyArn: later, notify: { page: later }, heartbeatUrl: later })).toEqual([]);
    expect(problemsOf({ connections: { prod: { apiKey: later, baseUrl: later, displayName: later } } })).toEqual([]);
  });

  it("are normalized", () => {
    expect(checked(at("baseUrl"), inputSchemas.baseUrl, " https://a.example/ ")).toBe("https://a.example");
    expect(checked(at("baseUrl"), inputSchemas.baseUrl, undefined)).toBe("https://api.deepseek.com");
  });

  it("are refused as soon as they are known, with the same message", () => {
    expect(() => checked(at("notify", "page"), inputSchemas.topic, "on-call")).toThrow(
      /^DeepSeekMonitor 'health' has invalid arguments:\n {2}- notify\.page: must be the ARN of an SNS topic.*\(got "on-call"\) \[sns-topic-arn-invalid\]$/,
    );
  });

  it("are refused for a key that is invalid or also in another argument, and no message contains it", () => {
    const misplaced = () => checkedKey(at("c", "apiKey"), key, { runbookUrl: `https://x/${key}` });
    expect(misplaced).toThrow(/runbookUrl: contains an API key, which belongs only in apiKey \[api-key-misplaced\]$/);
    expect(misplaced).not.toThrow(key);
    const broken = () => checkedKey(at("c", "apiKey"), `${key} x`, {});
    expect(broken).toThrow(/c\.apiKey: contains whitespace\. Provide only the key \[api-key-whitespace\]$/);
  });

  it("are refused for headers that are invalid or also in another argument, and no message contains a value", () => {
    const value = "gateway:0f1e2d3c4b5a";
    const refused =
      (headers: unknown, args = {}) =>
      () =>
        checkedHeaders(at("c", "headers"), headers, args);
    const misplaced = refused({ "x-team": value }, { runbookUrl: `https://x/${value}` });
    expect(misplaced).toThrow(/runbookUrl: contains the value of a header, .* \[header-value-misplaced\]$/);
    const broken = refused({ "x-team": `${value}\n${value}` });
    expect(broken).toThrow(/c\.headers\.x-team: has a value with a line break .* \[header-value-characters\]$/);
    for (const wrong of [misplaced, broken]) expect(wrong).not.toThrow(value);
    expect(checkedHeaders(at("c", "headers"), { "x-team": ` ${value}` }, {})).toEqual({ "x-team": value });
  });

  it("are refused for plain http that is not allowed once both values are known", async () => {
    const later = <T>(value: T) => pulumi.output(Promise.resolve(value));
    const prod = { apiKey: key, baseUrl: later("http://gateway:4000/"), allowInsecureHttp: later(true) };
    const { connections } = settingsOf("health", { connections: { prod } });
    expect(await known(connections[0]?.baseUrl ?? expect.unreachable())).toBe("http://gateway:4000");
    const refused = () => checked(at("c", "baseUrl"), allowedBaseUrl(false), "http://gateway:4000");
    expect(refused).toThrow(/c\.baseUrl: .*set allowInsecureHttp: true\..* \[base-url-plain-http\]$/);
  });

  function at(...path: readonly string[]) {
    return { monitor: "health", path };
  }
});

describe("the alarms argument by itself, as in a rehearsal", () => {
  it("is read as in the monitor", () => {
    const alarms = { serviceDown: { threshold: 0.8, severity: "ticket" } };
    expect(readAlarms(alarms, "connection")).toEqual({ type: "alarms", alarms });
  });

  it.each([
    [{ keyRevoked: {} }, "connection", "argument-unknown", "alarms.keyRevoked: is not an alarm"],
    [{ slow: { enabled: 1 } }, "connection", "argument-type", "alarms.slow.enabled: must be true or false (got 1)"],
    [{ slow: { severity: "sms" } }, "connection", "argument-not-allowed", "alarms.slow.severity: must be 'page'"],
    [{ serviceDown: { threshold: 2 } }, "connection", "argument-out-of-range", "alarms.serviceDown.threshold: must be"],
    [
      { balanceFallsFast: { enabled: true } },
      "connection",
      "alarm-threshold-missing",
      "alarms.balanceFallsFast.threshold: is",
    ],
    [
      { balanceFallsFast: { enabled: true, threshold: { USD: 1 } } },
      "fleet",
      "alarm-not-in-fleet-detail",
      "alarms.balanceFallsFast: is not available",
    ],
  ] as const)("is refused with a code and a sentence: %j", (given, detail, code, text) => {
    expect(readAlarms(given, detail)).toEqual({
      type: "problems",
      problems: [{ code, text: expect.stringContaining(text) }],
    });
  });
});

describe("each rule for the monitor's arguments", () => {
  const connection = (more: object) => ({ connections: { prod: more } });
  const cases: Readonly<Record<MessageCode, object>> = {
    "argument-type": { dashboard: "yes" },
    "argument-not-allowed": { detail: "coarse" },
    "argument-out-of-range": { alarms: { slow: { enabled: true, threshold: 0 } } },
    "argument-format": { notify: { emails: ["on-call"] } },
    "argument-duplicate": { notify: { emails: ["a@example.com", "A@example.com"] } },
    "argument-unknown": { schedule: "rate(1 minute)" },
    "monitor-name-invalid": {},
    "connections-empty": { connections: {} },
    "connection-name-invalid": { connections: { "a b": { apiKey: key } } },
    "connection-name-duplicate": { connections: { prod: { apiKey: key }, Prod: { apiKey: key } } },
    "connection-key-missing": connection({}),
    "connection-key-ambiguous": connection({ apiKey: key, secretArn }),
    "connection-secret-field-unused": connection({ apiKey: key, secretField: "key" }),
    "connection-headers-misplaced": connection({ secretArn, headers: { "x-team": "7" } }),
    "connection-secret-arn-invalid": connection({ secretArn: "deepseek" }),
    "connection-secret-arn-incomplete": connection({ secretArn: secretArn.slice(0, -7) }),
    "schedule-not-supported": { scheduleExpression: "rate(2 hours)" },
    "alarm-not-enabled": { alarms: { slow: { threshold: 500 } } },
    "alarm-not-in-fleet-detail": {
      detail: "fleet",
      alarms: { balanceFallsFast: { enabled: true, threshold: { USD: 1 } } },
    },
    "alarm-threshold-missing": { alarms: { balanceFallsFast: { enabled: true } } },
    // Whether an alarm can fire is known only once the function has run.
    "alarm-cannot-fire": {},
    "notify-emails-unused": { notify: { emails: ["a@example.com"], page: topic, ticket: topic } },
    "sns-topic-arn-invalid": { notify: { page: "on-call" } },
    "sns-topic-fifo": { notify: { page: `${topic}.fifo` } },
    "kms-key-arn-invalid": { kmsKeyArn: "alias/x" },
    "url-not-https": { runbookUrl: "http://wiki.example" },
    "url-user-name": { heartbeatUrl: "https://me:hunter2@heartbeat.example" },
    "url-too-long": { runbookUrl: `https://wiki.example/${"x".repeat(300)}` },
    "detail-missing": {
      connections: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`c${index}`, { apiKey: key }])),
    },
    "vpc-too-many": { vpc: { subnetIds: [], securityGroupIds: ["sg-0a1b2c3d"] } },
    // A warning, and what is known only during a deployment.
    "key-age-approximate": {},
    "region-differs": {},
    "shard-secret-too-large": {},
    "role-policy-too-long": {},
  };
  const later = [
    "alarm-cannot-fire",
    "key-age-approximate",
    "region-differs",
    "shard-secret-too-large",
    "role-policy-too-long",
  ];

  it.each(Object.entries(cases))("has a code: %s", (code, wrong) => {
    const problems = code === "monitor-name-invalid" ? reported(wrong, "my monitor") : reported(wrong);
    expect(problems.map((problem) => problem.code)).toEqual(later.includes(code) ? [] : [code]);
  });

  it.each(Object.entries(messages))(
    "the message '%s' continues a sentence, and its remedy begins one",
    (code, entry) => {
      const { text, remedy = "Nothing" }: MessageText = entry;
      expect(code).toMatch(/^[a-z]+(-[a-z]+)+$/);
      expect(text).toMatch(/^[a-z].*[^.]$/);
      expect(remedy).toMatch(/^[A-Z].*[^.]$/);
    },
  );
});
