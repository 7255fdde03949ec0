import { fileURLToPath } from "node:url";
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeKeyCommand } from "@aws-sdk/client-kms";
import { GetFunctionConfigurationCommand, InvokeCommand } from "@aws-sdk/client-lambda";
import { CreateSecretCommand, DeleteSecretCommand, GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { UnsubscribeCommand } from "@aws-sdk/client-sns";
import { beforeAll, describe, expect, test } from "vitest";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import type { Sandbox } from "../../provider/sandbox/server.ts";
import { type Deployed, deployedResources } from "../support/deployed-resources.ts";
import { freshKey } from "../support/keys.ts";
import { findLeaks, type Sink } from "../support/leaks.ts";
import { type Clients, clientsOf } from "./clients.ts";
import { eventually } from "./eventually.ts";
import { FunctionLog } from "./function-log.ts";
import { type Inbox, openInbox } from "./inbox.ts";
import { startLocalCloud } from "./local-cloud.ts";
import type { LocalAws } from "./ministack.ts";
import { credentialsOfRole } from "./role.ts";
import { inventory } from "./stores.ts";

/** Long enough for a scheduled run, even on a busy machine. */
const NEXT_RUN_S = 200;

const example = fileURLToPath(new URL("../../examples/monitored", import.meta.url));

/** The first key and the one that replaces it. The last tests search for them everywhere. */
const keys = { first: freshKey(), second: freshKey() };

let sandbox: Sandbox;
let aws: LocalAws;
let clients: Clients;
let stack: Workspace;
/** The output of all commands and all messages, to be searched. */
const said: Sink[] = [];
let empty: Set<string>;

let deployed: Deployed;
let log: FunctionLog;
let inbox: Inbox;

beforeAll(async () => {
  const cloud = await startLocalCloud();
  ({ aws, clients, sandbox } = cloud);
  empty = inventory(await aws.files());
  const config = { baseUrl: sandbox.url, emails: '["on-call@example.com"]' };
  stack = await cloud.workspace({ directory: example }, "deepseek-monitored", config);
}, 300_000);

describe("examples/monitored on a local AWS", { timeout: 300_000 }, () => {
  test("the real engine deploys it, with a smoke invocation of the real bundle", async () => {
    await giveKey(keys.first);
    await pulumi("preview");
    await pulumi("up", "--yes");
    deployed = deployedResources(await stack.exportStack());
    const functionName = deployed.the("aws:lambda/function:Function").id;
    const { Runtime, State } = await clients.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionName }),
    );
    expect({ Runtime, State }).toEqual({ Runtime: "nodejs24.x", State: "Active" });
    const smoke = JSON.parse(String(deployed.the("aws:lambda/invocation:Invocation").outputs["result"]));
    expect(smoke).toMatchObject({ expected: 1, probed: 1, verdicts: { valid: 1 } });

    log = new FunctionLog(clients, functionName);
    const subscription = deployed.some("aws:sns/topicSubscription:TopicSubscription").at(0);
    const [alarm] = await alarms("key rejected/");
    inbox = await openInbox(clients, alarm?.AlarmActions?.[0] ?? "", subscription?.outputs ?? {});
  });

  test("a second deployment changes nothing", async () => {
    await pulumi("up", "--yes", "--expect-no-changes");
  });

  test("the schedule fires, and for a revoked key the person on call gets an alert that names it and says what to do", async () => {
    sandbox.revoke(keys.first);
    const message = await eventually("the message of a rejected key", NEXT_RUN_S, async () => {
      await log.forward();
      return (await inbox.read()).at(0);
    });
    // 0 from the smoke invocation, 1 from the scheduled run. Only the change to ALARM sends a message, not the first 'OK'.
    expect(log.valuesOf("KeyRejected")).toEqual([0, 1]);
    expect(inbox.all).toHaveLength(1);
    expect(message).toMatchObject({ NewStateValue: "ALARM", AlarmName: expect.stringMatching(/^key rejected\//) });
    const description = String(message["AlarmDescription"]);
    expect(message["AlarmName"]).toContain("/prod/");
    expect(description).toMatch(/^Runbook: https:\/\/\S+#\S+$/m);
    expect(description).toContain("Next step: ");
  });

  test("a rotation to a rejected key changes nothing: the secret keeps the old key", async () => {
    await stack.setConfig("deepseek:apiKey", freshKey(), { secret: true });
    const { code, all } = await stack.run(["up", "--yes"]);
    expect(code).not.toBe(0);
    expect(all).toContain("rejects this API key");
    expect(await storedKeys()).toEqual({ current: keys.first, previous: undefined });
  });

  test("a rotated key is used without a redeployment of the function, and a recovery is sent", async () => {
    await giveKey(keys.second);
    const { all } = await pulumi("up", "--yes");
    expect(all).toMatch(/the new key \(fingerprint [0-9a-f]{12}\) works .* revoke the old key/);
    expect(await storedKeys()).toEqual({ current: keys.second, previous: keys.first });
    const after = deployedResources(await stack.exportStack());
    const { inputs, outputs } = deployed.the("aws:lambda/function:Function");
    expect(after.the("aws:lambda/function:Function")).toMatchObject({ inputs, outputs });
    const message = await eventually("the message of the recovery", NEXT_RUN_S, async () => {
      await log.forward();
      return (await inbox.read()).at(0);
    });
    expect(log.valuesOf("KeyRejected").at(-1)).toBe(0);
    expect(message).toMatchObject({ NewStateValue: "OK", OldStateValue: "ALARM" });
    expect(message["AlarmName"]).toMatch(/^key rejected\//);
    expect(inbox.all, "one cause, one alarm, one recovery").toHaveLength(2);
  });

  test("the function refuses a forged event, and its role reads the monitor's secrets and nothing else", async () => {
    const roleArn = String(deployed.the("aws:lambda/function:Function").outputs["role"]);
    const asRole = clientsOf(aws, await credentialsOfRole(clients, roleArn));
    const own = deployed.the("aws:secretsmanager/secret:Secret").id;
    const { ARN: other = "" } = await clients.secrets.send(
      new CreateSecretCommand({ Name: "somebody-else/main", SecretString: "theirs" }),
    );
    const read = (SecretId: string) => asRole.secrets.send(new GetSecretValueCommand({ SecretId }));
    expect(keyIn((await read(own)).SecretString)).toBe(keys.second);
    await expect(read(other)).rejects.toThrow("not authorized to perform: secretsmanager:GetSecretValue");
    const forged = { shard: "0", connections: [{ name: "prod", baseUrl: "http://localhost:9", secretArn: own }] };
    const refusal = await clients.lambda.send(
      new InvokeCommand({
        FunctionName: deployed.the("aws:lambda/function:Function").id,
        Payload: Buffer.from(JSON.stringify(forged)),
      }),
    );
    expect(Buffer.from(refusal.Payload ?? []).toString()).toContain("connections: is not known");
    const invocation = new InvokeCommand({ FunctionName: deployed.the("aws:lambda/function:Function").id });
    await expect(asRole.lambda.send(invocation)).rejects.toThrow("not authorized to perform: lambda:InvokeFunction");
    const description = asRole.cloudwatch.send(new DescribeAlarmsCommand({}));
    await expect(description).rejects.toThrow("not authorized to perform: cloudwatch:DescribeAlarms");
    await clients.secrets.send(new DeleteSecretCommand({ SecretId: other, ForceDeleteWithoutRecovery: true }));
  });

  test("the key is only in the secret", async () => {
    const files = new Map([
      ...[...(await aws.files())].map(([path, content]) => [`AWS: ${path}`, content] as const),
      ...[...(await stack.files())].map(([path, content]) => [`Pulumi: ${path}`, content] as const),
    ]);
    const sinks: Sink[] = [...said, ...files, ["messages", JSON.stringify(inbox.all)], ["log", log.lines.join("\n")]];
    for (const [name, key] of Object.entries(keys)) {
      const leaks = findLeaks(key, sinks).filter((leak) => !leak.endsWith("in AWS: stores/secretsmanager.json"));
      expect(leaks, `the ${name} key`).toEqual([]);
    }
    // Proves that the search covers the secret's store, the function's log and code, the alarms and the state.
    const stores = ["secretsmanager", "cloudwatch", "cloudwatch_logs", "lambda", "scheduler", "sns", "sqs"];
    expect([...files.keys()]).toEqual(expect.arrayContaining(stores.map((name) => `AWS: stores/${name}.json`)));
    expect(findLeaks(keys.second, [["store", files.get("AWS: stores/secretsmanager.json") ?? ""]])).not.toEqual([]);
    expect(files.get("AWS: stores/cloudwatch.json")?.toString()).toContain("key rejected/");
    expect(files.get("AWS: stores/cloudwatch_logs.json")?.toString()).toContain("KeyRejected");
    expect([...files.keys()].filter((path) => /ministack-lambda-.*\/code\/index\.js$/.test(path))).not.toEqual([]);
  });

  test("a lost subscription is reported by the next deployment, which changes nothing", async () => {
    // Its subscription would be counted too.
    await inbox.close();
    const { all: before } = await pulumi("up", "--yes", "--expect-no-changes");
    expect(before).not.toMatch(/\[subscription-lost\]|\[topic-unreadable\]|were not counted/);
    const subscription = deployed.some("aws:sns/topicSubscription:TopicSubscription").at(0);
    await clients.sns.send(new UnsubscribeCommand({ SubscriptionArn: String(subscription?.outputs["arn"]) }));
    const { all: after } = await pulumi("up", "--yes", "--expect-no-changes");
    expect(after).toContain(
      "The topic for page and ticket has lost subscriptions: 1 expected, 0 confirmed, 0 pending.",
    );
  });

  test("destroy leaves only what AWS keeps after a deletion", async () => {
    await pulumi("destroy", "--yes");
    const left = [...inventory(await aws.files())].filter((line) => !empty.has(line));
    expect([...new Set(left.map(anonymous))].sort()).toEqual([
      // Kept for 30 days. Source: CloudWatch API reference, DescribeAlarmHistory.
      "cloudwatch.alarm_history: entries",
      // Kept for 15 months; they cannot be deleted. Source: CloudWatch user guide, 'Metrics retention'.
      "cloudwatch.metrics",
      // Kept for the deletion window, in which the key can be restored.
      "kms.keys: <uuid>",
      // Created by AWS.
      "scheduler.schedule_groups: default",
    ]);
    const { KeyMetadata } = await clients.kms.send(
      new DescribeKeyCommand({ KeyId: deployed.the("aws:kms/key:Key").id }),
    );
    expect(KeyMetadata?.KeyState).toBe("PendingDeletion");
  });
});

async function pulumi(...parameters: string[]) {
  const { code, stdout, stderr, all } = await stack.run(parameters);
  said.push([`stdout of pulumi ${parameters[0]}`, stdout], [`stderr of pulumi ${parameters[0]}`, stderr]);
  expect(code, all).toBe(0);
  return { all };
}

/** The values of the monitor's secret, by AWS's version labels. */
async function storedKeys() {
  const SecretId = deployed.the("aws:secretsmanager/secret:Secret").id;
  const read = async (VersionStage: string) => {
    const request = new GetSecretValueCommand({ SecretId, VersionStage });
    return keyIn((await clients.secrets.send(request).catch(() => undefined))?.SecretString);
  };
  return { current: await read("AWSCURRENT"), previous: await read("AWSPREVIOUS") };
}

/** The key of the only connection in the value of a shard's secret. */
function keyIn(value: string | undefined): string | undefined {
  return value === undefined ? undefined : JSON.parse(value).connections[0].apiKey;
}

async function giveKey(key: string): Promise<void> {
  sandbox.use(key, "good");
  await stack.setConfig("deepseek:apiKey", key, { secret: true });
}

async function alarms(prefix: string) {
  const { MetricAlarms = [] } = await clients.cloudwatch.send(new DescribeAlarmsCommand({}));
  return MetricAlarms.filter(({ AlarmName }) => AlarmName?.startsWith(prefix));
}

/** The same without the parts that differ in each run. */
function anonymous(line: string): string {
  if (line.startsWith("cloudwatch.metrics: ")) return "cloudwatch.metrics";
  return line.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uuid>").replace(/-[0-9a-f]{7}\b/g, "-<random>");
}
