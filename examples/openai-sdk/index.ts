import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { DeepSeekConnection } from "pulumi-deepseek";

const config = new pulumi.Config();
const connection = new DeepSeekConnection("main", { baseUrl: config.get("baseUrl") });

// Everything that the SDK needs is in one secret, so that base URL, key and model change together.
const secret = new aws.secretsmanager.Secret("openai", { description: "Options for new OpenAI(…)" });
new aws.secretsmanager.SecretVersion("openai", {
  secretId: secret.id,
  secretString: pulumi.jsonStringify(connection.openai),
});

const role = new aws.iam.Role("app", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
new aws.iam.RolePolicyAttachment("log", {
  role: role.name,
  policyArn: aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole,
});
new aws.iam.RolePolicy("read-openai", {
  role: role.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secret.arn }],
  }),
});

const app = new aws.lambda.Function("app", {
  runtime: "nodejs24.x",
  architectures: ["arm64"],
  handler: "index.handler",
  role: role.arn,
  timeout: 60,
  code: new pulumi.asset.FileArchive("./app"),
  // The secret's ARN, not the secret itself, which everyone who can see the function's settings could read.
  environment: { variables: { OPENAI_SECRET_ARN: secret.arn } },
});

export const { status, keyFingerprint } = connection;
export const functionName = app.name;
