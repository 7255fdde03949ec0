import { beforeAll, describe, expect, test } from "vitest";
import type { CommandResult } from "../../examples/demo/engine/command.ts";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import { deployedResources } from "../support/deployed-resources.ts";
import { exampleKey, freshKey } from "../support/keys.ts";
import { type LocalCloud, startLocalCloud } from "./local-cloud.ts";
import { changesOf } from "./stack.ts";

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud();
}, 300_000);

/**
 * Returns a program with a monitor of the configured connections. `connection` is an expression over `name` and `args`; the
 * base URL is not in its normalized form. The setting `path` moves the function's role in IAM, which replaces the role.
 */
const program = (connection: string) => ({
  "index.js": `
    const pulumi = require("@pulumi/pulumi");
    const { DeepSeekConnection } = require("pulumi-deepseek");
    const { DeepSeekMonitor } = require("pulumi-deepseek/monitor");
    const config = new pulumi.Config();
    const args = { apiKey: config.requireSecret("key"), baseUrl: config.require("baseUrl") + "/" };
    const connections = Object.fromEntries(config.requireObject("names").map((name) => [name, ${connection}]));
    const path = config.get("path");
    const moveRole = ({ type, name, props, opts }) =>
      type === "aws:iam/role:Role" && name === "health" ? { props: { ...props, path }, opts } : undefined;
    const notify = { emails: ["on-call@example.com"] };
    new DeepSeekMonitor("health", { connections, notify }, { transformations: [moveRole] });`,
});

describe.each([
  { kind: "plain objects", expression: "args", resources: [] },
  { kind: "connections", expression: "new DeepSeekConnection(name, args)", resources: ["DeepSeekConnection"] },
])("a monitor of $kind", { timeout: 180_000 }, ({ kind, expression, resources }) => {
  let stack: Workspace;
  beforeAll(async () => {
    const config = { baseUrl: cloud.sandbox.url, names: '["prod"]' };
    stack = await cloud.workspace(program(expression), `changes-${kind.replace(" ", "-")}`, config);
    await giveKey(stack);
  });

  test("is first deployed according to a saved plan", async () => {
    const { create, ...others } = await upAsPlanned(stack);
    expect(create).toEqual(expect.arrayContaining([`MetricAlarm health/${cloud.sandbox.url}/serviceDown`]));
    expect(others).toEqual({});
  });

  test("gets another connection according to a saved plan, and only the version of its shard's secret is replaced", async () => {
    await stack.setConfig("names", '["prod", "staging"]');
    const added = {
      create: [
        ...resources.map((type) => `${type} staging`),
        "MetricAlarm health/staging/keyRejected",
        "MetricAlarm health/staging/lowBalance",
        "MetricAlarm health/staging/misconfigured",
        "MetricAlarm health/staging/rateLimited",
        "MetricAlarm health/staging/unfunded",
      ],
      // AWS keeps the previous version, with the label AWSPREVIOUS.
      replace: ["SecretVersion health/shard-0"],
      update: ["Dashboard health", "Invocation health/shard-0", "MetricAlarm health/shard-0/monitorSilent"],
    };
    expect(await preview(stack)).toEqual(added);
    expect(await upAsPlanned(stack)).toEqual(added);
    const smoke = deployedResources(await stack.exportStack()).the("aws:lambda/invocation:Invocation");
    expect(JSON.parse(String(smoke.outputs["result"]))).toMatchObject({ expected: 2, probed: 2 });
  });

  test("gets a rotated key according to a saved plan, and only the version of the shard's secret is replaced", async () => {
    const verified = resources.flatMap((type) => [`${type} prod`, `${type} staging`]);
    const changes = {
      replace: ["SecretVersion health/shard-0"],
      ...(verified.length > 0 && { update: verified }),
    };
    await giveKey(stack);
    expect(await preview(stack)).toEqual(changes);
    expect(await upAsPlanned(stack)).toEqual(changes);
    // Without a plan too.
    await giveKey(stack);
    expect(await up(stack)).toEqual(changes);
  });

  test("gets a new role for its function, and no resource with a history or a subscription is replaced", async () => {
    await stack.setConfig("path", "/moved/");
    const replace = ["Role health", "RolePolicy health"];
    // What the schedules' role may do depends on the function's ARN, which a preview does not know while the function changes.
    expect(await preview(stack)).toEqual({
      replace,
      update: ["Function health", "Invocation health/shard-0", "RolePolicy health.schedule", "Schedule health/shard-0"],
    });
    // The function has a new role, so the smoke invocation runs again.
    expect(await up(stack)).toEqual({ replace, update: ["Function health", "Invocation health/shard-0"] });
  });
});

test.each([
  ["the default base URL", []],
  ["a known base URL, if another one is not known yet", ["later"]],
])("a preview shows the outage alarms of %s", async (title, others) => {
  const mixed = {
    "index.js": `
      const sqs = require("@pulumi/aws/sqs");
      const { DeepSeekConnection } = require("pulumi-deepseek");
      const { DeepSeekMonitor } = require("pulumi-deepseek/monitor");
      const args = { apiKey: "${exampleKey}", verify: "none" };
      const connections = { usual: new DeepSeekConnection("usual", args) };
      for (const name of ${JSON.stringify(others)}) {
        const baseUrl = new sqs.Queue(name).url.apply(() => "https://gateway.example");
        connections[name] = new DeepSeekConnection(name, { ...args, baseUrl });
      }
      new DeepSeekMonitor("health", { connections });`,
  };
  const { create } = await preview(await cloud.workspace(mixed, title.replaceAll(/\W+/g, "-"), {}));
  const outages = create?.filter((name) => name.endsWith("/serviceDown"));
  expect(outages).toEqual(["MetricAlarm health/api.deepseek.com/serviceDown"]);
});

test("a stack can contain two monitors whose names, joined with their connections' names, are the same", {
  timeout: 120_000,
}, async () => {
  const two = {
    "index.js": `
      const pulumi = require("@pulumi/pulumi");
      const { DeepSeekMonitor } = require("pulumi-deepseek/monitor");
      const config = new pulumi.Config();
      const connection = { apiKey: config.requireSecret("key"), baseUrl: config.require("baseUrl") };
      const notify = { emails: ["on-call@example.com"] };
      new DeepSeekMonitor("health", { connections: { "eu-prod": connection }, notify });
      new DeepSeekMonitor("health-eu", { connections: { prod: connection }, notify });
      new DeepSeekMonitor("health-schedule", { connections: { prod: connection }, notify });`,
  };
  const stack = await cloud.workspace(two, "two", { baseUrl: cloud.sandbox.url });
  await giveKey(stack);
  const { create } = await up(stack);
  expect(create?.filter((name) => name.endsWith("/keyRejected"))).toEqual([
    "MetricAlarm health-eu/prod/keyRejected",
    "MetricAlarm health-schedule/prod/keyRejected",
    "MetricAlarm health/eu-prod/keyRejected",
  ]);
});

test("a monitor whose pages go to a topic of the same program is deployed according to a saved plan, with the alarms on both topics", {
  timeout: 120_000,
}, async () => {
  const mixed = {
    "index.js": `
      const pulumi = require("@pulumi/pulumi");
      const sns = require("@pulumi/aws/sns");
      const { DeepSeekMonitor } = require("pulumi-deepseek/monitor");
      const config = new pulumi.Config();
      const connection = { apiKey: config.requireSecret("key"), baseUrl: config.require("baseUrl") };
      const notify = { page: new sns.Topic("pages").arn, emails: ["on-call@example.com"] };
      new DeepSeekMonitor("health", { connections: { prod: connection }, notify });`,
  };
  const stack = await cloud.workspace(mixed, "two-topics", { baseUrl: cloud.sandbox.url });
  await giveKey(stack);
  const { create } = await upAsPlanned(stack);
  expect(create?.filter((name) => name.includes("-topic/"))).toEqual([
    "MetricAlarm health/page-topic/deliveryFailed",
    "MetricAlarm health/page-topic/subscriptionLost",
    "MetricAlarm health/ticket-topic/deliveryFailed",
    "MetricAlarm health/ticket-topic/subscriptionLost",
  ]);
  // Nobody has subscribed to the topic of pages.
  const { all } = await stack.run(["up", "--yes", "--expect-no-changes"]);
  expect(all).toContain("The topic for page has lost subscriptions: 1 expected, 0 confirmed, 0 pending.");
});

async function preview(stack: Workspace) {
  return doneBy(await stack.preview("--json"));
}

async function up(stack: Workspace) {
  return doneBy(await stack.up("--json", "--skip-preview"));
}

/** Deploys a saved plan, from which the run must not deviate. */
async function upAsPlanned(stack: Workspace) {
  const env = { PULUMI_EXPERIMENTAL: "true" };
  const planned = await stack.run(["preview", "--save-plan", "plan.json"], { env });
  expect(planned.code, planned.all).toBe(0);
  return doneBy(await stack.run(["up", "--yes", "--json", "--plan", "plan.json"], { env }));
}

/** The changes that a successful command made or planned. */
function doneBy({ code, stdout, all }: CommandResult) {
  expect(code, all.match(/"message":"(?!debug).*?[^\\]"/g)?.join("\n")).toBe(0);
  return changesOf(stdout);
}

async function giveKey(stack: Workspace): Promise<void> {
  const key = freshKey();
  cloud.sandbox.use(key, "good");
  await stack.setConfig("key", key, { secret: true });
}
