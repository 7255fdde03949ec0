import { describe, expect, it } from "vitest";
import { DeepSeekMonitor, type DeepSeekMonitorArgs } from "../../../monitor/index.ts";
import { fitting } from "../../../monitor/resources/iam.ts";
import { account, deploy, least, region, run } from "./support/deploy.ts";

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: object;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: object;
}

const kmsKeyArn = `arn:aws:kms:${region}:${account}:key/0a1b2c3d`;
const secretArn = "arn:aws:secretsmanager:us-east-1:444455556666:secret:deepseek-AbCdEf";
const everything: DeepSeekMonitorArgs = {
  connections: { own: { apiKey: "local" }, given: { secretArn }, twin: { secretArn, secretField: "twin" } },
  kmsKeyArn,
};

const topic = (name: string) => `arn:aws:sns:${region}:${account}:${name}`;

const vpc = { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] };

async function policiesOf(args: DeepSeekMonitorArgs, place?: Parameters<typeof run>[2]) {
  const { of, one } = await run(() => new DeepSeekMonitor("health", args), false, place);
  const statements = (document: unknown) => JSON.parse(String(document)).Statement as readonly Statement[];
  const named = (type: string, name: string, field: string) =>
    statements(of(type).find((resource) => resource.name === name)?.inputs[field]);
  return {
    functionTrust: named("iam/role:Role", "health", "assumeRolePolicy"),
    schedulerTrust: named("iam/role:Role", "health.schedule", "assumeRolePolicy"),
    functionMay: named("iam/rolePolicy:RolePolicy", "health", "policy"),
    schedulerMay: named("iam/rolePolicy:RolePolicy", "health.schedule", "policy"),
    topic: statements(one("sns/topicPolicy:TopicPolicy").inputs["policy"]),
    key: of("kms/key:Key").flatMap(({ inputs }) => statements(inputs["policy"])),
    environment: one("lambda/function:Function").inputs["environment"],
    size: String(of("iam/rolePolicy:RolePolicy").find(({ name }) => name === "health")?.inputs["policy"]).length,
  };
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}

describe.each([
  ["one key in the monitor's secret", least],
  ["own and given secrets, and an own KMS key", everything],
  ["the function in a VPC", { ...everything, vpc }],
])("the policies with %s", (_, args) => {
  it("give no identity a bare '*' as action or resource, except the one action that AWS allows only so", async () => {
    const { functionMay, schedulerMay } = await policiesOf(args);
    const allowed = [...functionMay, ...schedulerMay].filter(({ Effect }) => Effect === "Allow");
    const bare = allowed.filter(({ Resource }) => Resource === "*");
    expect(bare.map(({ Action }) => Action)).toEqual("vpc" in args ? ["ec2:DescribeNetworkInterfaces"] : []);
    for (const { Action, Resource } of allowed.filter((statement) => !bare.includes(statement))) {
      expect(list(Resource)).not.toHaveLength(0);
      for (const action of list(Action)) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
      for (const resource of list(Resource)) expect(resource).toMatch(/^arn:aws:[a-z0-9]+:[a-z0-9-]+:\d{12}:.+[^*]/);
    }
  });

  it("let services act only for this account", async () => {
    const { functionTrust, schedulerTrust, topic, key } = await policiesOf(args);
    const services = [...functionTrust, ...schedulerTrust, ...topic, ...key].filter(
      ({ Principal }) => Principal !== undefined && "Service" in Principal,
    );
    expect(services.length).toBeGreaterThanOrEqual(3);
    for (const { Condition } of services) {
      expect(Condition).toMatchObject({ StringEquals: { "aws:SourceAccount": account } });
    }
  });
});

describe("the function's role", () => {
  it("may read the shards' secrets, write its own log and count the topic's subscriptions, and nothing else", async () => {
    const { functionMay } = await policiesOf(least);
    expect(functionMay.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      ["secretsmanager:GetSecretValue", [`arn:aws:secretsmanager:${region}:${account}:secret:health-1a2b3c4/shard-*`]],
      [["logs:CreateLogStream", "logs:PutLogEvents"], expect.stringMatching(/\/aws\/lambda\/health-1a2b3c4:\*$/)],
      ["sns:GetTopicAttributes", [`arn:aws:sns:${region}:${account}:health-1a2b3c4-alerts`]],
    ]);
  });

  it.each([
    ["two topics of the user's own", { page: topic("on-call"), ticket: topic("chat") }, ["on-call", "chat"]],
    ["one topic for both", { page: topic("on-call"), ticket: topic("on-call") }, ["on-call"]],
    ["one of the user's own", { page: topic("on-call") }, ["on-call", "health-1a2b3c4-alerts"]],
  ])("may count the subscriptions of exactly the topics in use: %s", async (_, notify, names) => {
    const args = { ...least, notify };
    const { resources } = await deploy(args);
    const policy = resources.find(({ type, name }) => type === "iam/rolePolicy:RolePolicy" && name === "health");
    const statements = JSON.parse(String(policy?.inputs["policy"])).Statement as readonly Statement[];
    expect(statements.filter(({ Action }) => list(Action).some((action) => action.startsWith("sns:")))).toEqual([
      {
        Sid: "CountSubscriptions",
        Effect: "Allow",
        Action: "sns:GetTopicAttributes",
        Resource: names.map(topic),
      },
    ]);
  });

  it("may read each secret in secretArn, and decrypt only through Secrets Manager", async () => {
    const { functionMay } = await policiesOf(everything);
    expect(functionMay[0]?.Resource).toEqual([
      `arn:aws:secretsmanager:${region}:${account}:secret:health-1a2b3c4/shard-*`,
      secretArn,
    ]);
    expect(functionMay[2]).toMatchObject({
      Action: "kms:Decrypt",
      Resource: [kmsKeyArn, "arn:aws:kms:us-east-1:444455556666:key/*"],
      Condition: {
        StringEquals: {
          "kms:ViaService": [`secretsmanager.${region}.amazonaws.com`, "secretsmanager.us-east-1.amazonaws.com"],
        },
      },
    });
  });

  it("fits IAM's 10,240 characters with fifty connections that have a secret each", async () => {
    const connections = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [
        `c${index}`,
        { secretArn: `arn:aws:secretsmanager:${region}:${account}:secret:${"team/".repeat(8)}key-${100_000 + index}` },
      ]),
    );
    expect((await policiesOf({ connections })).size).toBeLessThanOrEqual(10_240);
  });
});

it("a policy that is too long fails with an error that says what to do", () => {
  expect(fitting("health", "x".repeat(10_240))).toHaveLength(10_240);
  expect(() => fitting("health", "x".repeat(10_241))).toThrow(
    /connections: use too many different values of secretArn: .* has 10241 characters.*secretField/,
  );
});

describe("in a VPC", () => {
  it("Lambda may create and delete network interfaces with the function's role, and the function's code may not", async () => {
    const { functionMay } = await policiesOf({ ...least, vpc });
    expect(functionMay.slice(3)).toEqual([
      {
        Sid: "ConnectToVpc",
        Effect: "Allow",
        Action: [
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:AssignPrivateIpAddresses",
          "ec2:UnassignPrivateIpAddresses",
        ],
        Resource: `arn:aws:ec2:${region}:${account}:*/*`,
      },
      { Sid: "DescribeForVpc", Effect: "Allow", Action: "ec2:DescribeNetworkInterfaces", Resource: "*" },
      expect.objectContaining({
        Effect: "Deny",
        Action: expect.arrayContaining(["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces"]),
        Resource: "*",
        Condition: {
          ArnEquals: {
            "lambda:SourceFunctionArn": `arn:aws:lambda:${region}:${account}:function:health-1a2b3c4`,
          },
        },
      }),
    ]);
  });

  it("the function is created after its policy, which its creation needs", async () => {
    const order: string[] = [];
    const dependencies: string[] = [];
    const { one } = await deploy(
      { ...least, vpc },
      {
        transformations: [
          ({ type, name, props, opts }) => {
            order.push(`${type} ${name}`);
            if (type === "aws:lambda/function:Function") {
              for (const one of [opts.dependsOn].flat()) {
                dependencies.push((one as unknown as { readonly __pulumiType: string }).__pulumiType);
              }
            }
            return { props, opts };
          },
        ],
      },
    );
    expect(dependencies).toEqual(["aws:iam/rolePolicy:RolePolicy"]);
    expect(order.indexOf("aws:iam/rolePolicy:RolePolicy health")).toBeLessThan(
      order.indexOf("aws:lambda/function:Function health"),
    );
    expect(one("lambda/function:Function").inputs["vpcConfig"]).toEqual(vpc);
  });
});

describe("in other partitions", () => {
  it.each([
    ["aws-cn", "cn-north-1", "amazonaws.com.cn", ["amazonaws.com.cn", "amazonaws.com"]],
    ["aws-us-gov", "us-gov-west-1", "amazonaws.com", ["amazonaws.com"]],
    ["aws-eusc", "eusc-de-east-1", "amazonaws.eu", ["amazonaws.eu", "amazonaws.com"]],
  ])("%s, the function decrypts through Secrets Manager's host there", async (partition, at, dnsSuffix, suffixes) => {
    const place = { region: at, partition, dnsSuffix };
    const args = { ...least, kmsKeyArn: `arn:${partition}:kms:${at}:${account}:key/0a1b2c3d` };
    const { functionMay, environment } = await policiesOf(args, place);
    expect(functionMay[2]).toMatchObject({
      Resource: [args.kmsKeyArn],
      Condition: {
        StringEquals: { "kms:ViaService": suffixes.map((suffix) => `secretsmanager.${at}.${suffix}`) },
      },
    });
    expect(environment).toMatchObject({ variables: { MONITOR_DNS_SUFFIX: dnsSuffix } });
  });
});

describe("the schedules' role", () => {
  it("may invoke this function and store undelivered events", async () => {
    const { schedulerMay, schedulerTrust } = await policiesOf(least);
    expect(schedulerMay.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      ["lambda:InvokeFunction", `arn:aws:lambda:${region}:${account}:health-1a2b3c4`],
      ["sqs:SendMessage", `arn:aws:sqs:${region}:${account}:health-1a2b3c4-undelivered`],
    ]);
    expect(schedulerTrust).toMatchObject([
      {
        Principal: { Service: "scheduler.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceArn": `arn:aws:scheduler:${region}:${account}:health-1a2b3c4` } },
      },
    ]);
  });
});

describe("CloudWatch", () => {
  it("may publish alarms of this account, and use the topic's key", async () => {
    const { topic, key } = await policiesOf(least);
    expect(topic).toMatchObject([
      {
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: `arn:aws:sns:${region}:${account}:health-1a2b3c4-alerts`,
        Condition: { ArnLike: { "aws:SourceArn": `arn:aws:cloudwatch:${region}:${account}:alarm:*` } },
      },
    ]);
    expect(key.map(({ Principal, Action }) => [Principal, Action])).toEqual([
      [{ AWS: `arn:aws:iam::${account}:root` }, "kms:*"],
      [{ Service: "cloudwatch.amazonaws.com" }, ["kms:Decrypt", "kms:GenerateDataKey*"]],
    ]);
  });
});
