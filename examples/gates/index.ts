import { AsyncResource } from "node:async_hooks";
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { OpenAIOptions } from "pulumi-deepseek";

// The connection is deployed by another project. Its key may have been revoked since.
const environment = `${pulumi.getOrganization()}/deepseek-environments/${pulumi.getStack()}`;
const shared = new pulumi.StackReference(environment);

// With `onDryRun`, the hook also runs at preview. It is bound to the program, so that it also works in an inline program of the
// Automation API, which would otherwise call it without its context.
const keyWorks = new pulumi.ResourceHook("key-works", AsyncResource.bind(requireWorkingKey), { onDryRun: true });
const gated = { hooks: { beforeCreate: [keyWorks], beforeUpdate: [keyWorks] } };

const secret = new aws.secretsmanager.Secret("openai", { description: "Options for new OpenAI(…)" });
const version = new aws.secretsmanager.SecretVersion(
  "openai",
  { secretId: secret.id, secretString: pulumi.jsonStringify(shared.requireOutput("openai")) },
  gated,
);

const role = new aws.iam.Role("app", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
});
new aws.iam.RolePolicy("app", {
  role: role.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secret.arn },
      { Effect: "Allow", Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" },
    ],
  }),
});

const app = new aws.lambda.Function(
  "app",
  {
    runtime: "nodejs24.x",
    architectures: ["arm64"],
    handler: "index.handler",
    role: role.arn,
    timeout: 60,
    code: new pulumi.asset.FileArchive("../openai-sdk/app"),
    environment: { variables: { OPENAI_SECRET_ARN: secret.arn } },
  },
  { dependsOn: version, ...gated },
);

export const functionName = app.name;

let problem: Promise<string | undefined> | undefined;

/** Stops a resource unless the key works. The key is checked once in each run, for all resources with the hook. */
async function requireWorkingKey({ name }: pulumi.ResourceHookArgs): Promise<void> {
  problem ??= findProblem();
  const found = await problem;
  if (found !== undefined) throw new Error(`'${name}' is not deployed. ${found}`);
}

/** Returns why the application must not be deployed. What proves nothing about the key does not stop a preview: it warns. */
async function findProblem(): Promise<string | undefined> {
  const { verdict, cause, nextStep } = await checkKey();
  if (verdict === "valid") return undefined;
  const found = `The key of '${environment}' was checked: ${verdict}. ${cause} ${nextStep}`;
  const isUncertain = verdict === "indeterminate" || verdict === "unverified";
  if (!pulumi.runtime.isDryRun() || !isUncertain) return found;
  await pulumi.log.warn(found);
  return undefined;
}

/** What the command prints about a key. It contains no key. */
interface Report {
  readonly verdict: string;
  readonly cause: string;
  readonly nextStep: string;
}

/** Checks the key with this package's own command: free of charge at preview, with a test call before a deployment. */
async function checkKey(): Promise<Report> {
  const { secretValue } = await shared.getOutputDetails("openai");
  const { apiKey, baseURL, model } = secretValue as OpenAIOptions;
  const require = createRequire(join(process.cwd(), "package.json"));
  const command = join(dirname(require.resolve("pulumi-deepseek/package.json")), "dist", "cli", "main.js");
  const options = ["--json", "--base-url", baseURL, "--test-call", pulumi.runtime.isDryRun() ? "models" : "chat"];
  const words = [command, "check", ...options, ...(model === undefined ? [] : ["--model", model]), "--key-file", "-"];
  return new Promise((resolve, reject) => {
    const check = execFile(process.execPath, words, (_, stdout, stderr) => {
      if (stdout === "") reject(new Error(`The key of '${environment}' could not be checked: ${stderr}`));
      else resolve(JSON.parse(stdout));
    });
    // Not as an argument, which everybody on the machine could see.
    check.stdin?.end(apiKey);
  });
}
