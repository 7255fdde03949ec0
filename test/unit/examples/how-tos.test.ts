import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { topicPolicy } from "../../../monitor/resources/iam.ts";
import { alertFilter } from "../../../monitor/resources/notifications.ts";
import { startSandbox } from "../../../provider/sandbox/server.ts";
import { exampleKey as key } from "../../support/keys.ts";
import { arnOf, startSecretsManager } from "../../support/secrets-manager.ts";
import { account, isSecret, region, run } from "../monitor/support/deploy.ts";

/* Example programs with AWS resources that the local AWS does not support, planned with Pulumi's mocks. */

function configure(config: Readonly<Record<string, string>>): void {
  pulumi.runtime.setAllConfig({ "deepseek:apiKey": key, ...config }, ["deepseek:apiKey", "project:pagerDutyUrl"]);
}

describe("examples/openai-sdk", async () => {
  configure({});
  const { resources, one } = await run(() => import("../../../examples/openai-sdk/index.ts"));

  it("stores everything that the SDK needs in one secret", () => {
    const { secretString } = one("secretsmanager/secretVersion:SecretVersion").inputs as Record<string, object>;
    expect(secretString).toMatchObject(isSecret);
    const { value } = secretString as { readonly value?: string };
    expect(JSON.parse(value ?? "")).toEqual({
      apiKey: key,
      baseURL: "https://api.deepseek.com",
      model: "deepseek-flash",
    });
  });

  it("gives the function the secret's ARN, and permission to read only this secret", () => {
    const { environment } = one("lambda/function:Function").inputs;
    const { policy } = one("iam/rolePolicy:RolePolicy").inputs;
    const arn = (environment as { readonly variables: Readonly<Record<string, string>> }).variables[
      "OPENAI_SECRET_ARN"
    ];
    expect(arn).toMatch(/^arn:aws:secretsmanager:/);
    expect(JSON.parse(String(policy)).Statement).toEqual([
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: arn },
    ]);
  });

  it("has the key in no other resource", () => {
    const others = resources.filter(({ type }) => !/secretVersion|DeepSeekConnection/.test(type));
    expect(others.length).toBeGreaterThan(4);
    expect(JSON.stringify(others)).not.toContain(key);
  });
});

it("the function of examples/openai-sdk reads its secret and calls DeepSeek with the OpenAI SDK", async () => {
  const sandbox = await startSandbox();
  await using secrets = await startSecretsManager();
  sandbox.use(key, "good");
  const options = { apiKey: key, baseURL: sandbox.url, model: "deepseek-flash" };
  secrets.put(arnOf("openai"), { value: JSON.stringify(options) });
  const environment = { ...secrets.environment, AWS_REGION: "eu-central-1", OPENAI_SECRET_ARN: arnOf("openai") };
  Object.assign(process.env, environment);
  try {
    // Imported by URL, since it is plain JavaScript without types.
    const { handler } = await import(new URL("../../../examples/openai-sdk/app/index.mjs", import.meta.url).href);
    expect(await handler({ question: "Is anybody there?" })).toEqual({ answer: expect.stringMatching(/./) });
    await handler({ question: "Still?" });
    expect(secrets.asked).toEqual([arnOf("openai")]);
    expect(sandbox.requests.filter(({ path }) => path === "/chat/completions")).toHaveLength(2);
  } finally {
    for (const name of Object.keys(environment)) delete process.env[name];
    await sandbox.close();
  }
});

describe("examples/alerting", async () => {
  configure({
    "project:pagerDutyUrl": "https://events.pagerduty.com/integration/0123456789abcdef/enqueue",
    "project:slackTeamId": "T0123ABCD",
    "project:slackChannelId": "C0123ABCD",
  });
  const { of, one } = await run(() => import("../../../examples/alerting/index.ts"));
  const arn = (name: string) => `arn:aws:sns:${region}:${account}:${name}-1a2b3c4`;

  it("lets CloudWatch's alarms of this account publish to both topics", () => {
    const policies = of("sns/topicPolicy:TopicPolicy").map(({ inputs }) => JSON.parse(String(inputs["policy"])));
    const place = { region, account, partition: "aws", dnsSuffix: "amazonaws.com" };
    for (const [index, name] of ["deepseek-page", "deepseek-ticket"].entries()) {
      const own = JSON.parse(topicPolicy(place, arn(name))).Statement[0];
      // The policy of the monitor's own topic also contains the Region, which this program does not need.
      const { ArnLike: _, ...Condition } = own.Condition;
      expect(policies[index].Statement).toEqual([{ ...own, Condition }]);
    }
  });

  it("sends pages to PagerDuty at a secret address, without each alarm's first OK", () => {
    const { topic, protocol, endpoint, filterPolicy } = one("sns/topicSubscription:TopicSubscription").inputs;
    expect({ topic, protocol }).toEqual({ topic: arn("deepseek-page"), protocol: "https" });
    expect(endpoint).toMatchObject(isSecret);
    expect(JSON.parse(String(filterPolicy))).toEqual(alertFilter);
  });

  it("sends pages and tickets to Slack, with read-only permissions for the channel", () => {
    const { snsTopicArns, guardrailPolicyArns } = one(
      "chatbot/slackChannelConfiguration:SlackChannelConfiguration",
    ).inputs;
    expect(snsTopicArns).toEqual([arn("deepseek-page"), arn("deepseek-ticket")]);
    expect(guardrailPolicyArns).toEqual(["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]);
  });

  it("sends each alarm to the topic of its severity, and the monitor creates no topic", () => {
    const actions = of("cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs["alarmActions"]);
    expect(new Set(actions.flat())).toEqual(new Set([arn("deepseek-page"), arn("deepseek-ticket")]));
    expect(of("sns/topic:Topic")).toHaveLength(2);
  });
});
