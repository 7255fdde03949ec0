import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  DeleteFunctionEventInvokeConfigCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionEventInvokeConfigCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { heavierThan, longerThan, outside, unlike } from "../limits.ts";
import { pick, resourceType } from "../resource.ts";
import { archivePath, type Properties } from "../wire.ts";
import { zipOf } from "../zip.ts";

const lambda = new LambdaClient();
const patience = { client: lambda, maxWaitTime: 30, minDelay: 0.2, maxDelay: 0.5 };

interface Function {
  name: string;
  code: unknown;
  role: string;
  handler: string;
  runtime: string;
  architectures?: string[];
  description?: string;
  environment?: { variables?: Record<string, string> };
  loggingConfig?: Properties;
  memorySize?: number;
  reservedConcurrentExecutions?: number;
  sourceCodeHash?: string;
  tags?: Record<string, string>;
  timeout?: number;
  tracingConfig?: Properties;
}

/** The parameters that CreateFunction and UpdateFunctionConfiguration share. */
function configuration(inputs: Function) {
  const { architectures: _, ...request } = pick(
    inputs,
    "role",
    "handler",
    "runtime",
    "description",
    "loggingConfig",
    "memorySize",
    "timeout",
    "tracingConfig",
  );
  const Environment = { Variables: inputs.environment?.variables ?? {} };
  return { FunctionName: inputs.name, ...request, Environment } as Omit<CreateFunctionCommandInput, "Code">;
}

export const lambdaFunction = resourceType<Function>({
  inputs: [
    "name",
    "code",
    "role",
    "handler",
    "runtime",
    "architectures",
    "description",
    "environment",
    "loggingConfig",
    "memorySize",
    "sourceCodeHash",
    "tags",
    "timeout",
    "tracingConfig",
  ],
  name: { input: "name", longest: 64 },
  fixed: ["name", "architectures", "tags"],
  // Source: Lambda API reference, CreateFunction; Lambda quotas (4 kB for all environment variables together).
  limits: ({ name, description, environment, memorySize, timeout }) => [
    longerThan(64, "the function's name", name),
    unlike(/^[a-zA-Z0-9-_]+$/, "the function's name", name),
    longerThan(256, "the function's description", description),
    heavierThan(4_096, "the function's environment", environment && JSON.stringify(environment.variables ?? {})),
    outside(128, 10_240, "the function's memory", memorySize),
    outside(1, 900, "the function's timeout", timeout),
  ],
  async create(inputs) {
    const created = await lambda.send(
      new CreateFunctionCommand({
        ...configuration(inputs),
        Architectures: inputs.architectures as CreateFunctionCommandInput["Architectures"],
        Code: { ZipFile: zipOf(archivePath(inputs.code)) },
        Tags: inputs.tags,
      }),
    );
    await waitUntilFunctionActiveV2(patience, { FunctionName: inputs.name });
    return { id: inputs.name, outputs: { arn: created.FunctionArn, version: "$LATEST" } };
  },
  async update(id, inputs) {
    const ZipFile = zipOf(archivePath(inputs.code));
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: id, ZipFile }));
    await waitUntilFunctionUpdatedV2(patience, { FunctionName: id });
    await lambda.send(new UpdateFunctionConfigurationCommand(configuration(inputs)));
    await waitUntilFunctionUpdatedV2(patience, { FunctionName: id });
    return undefined;
  },
  delete: (id) => lambda.send(new DeleteFunctionCommand({ FunctionName: id })),
});

interface EventInvokeConfig {
  functionName: string;
  maximumEventAgeInSeconds?: number;
  maximumRetryAttempts?: number;
}

export const functionEventInvokeConfig = resourceType<EventInvokeConfig>({
  inputs: ["functionName", "maximumEventAgeInSeconds", "maximumRetryAttempts"],
  // Source: Lambda API reference, PutFunctionEventInvokeConfig.
  limits: ({ maximumEventAgeInSeconds, maximumRetryAttempts }) => [
    outside(60, 21_600, "the maximum age of an event", maximumEventAgeInSeconds),
    outside(0, 2, "the maximum of retries", maximumRetryAttempts),
  ],
  async create(inputs) {
    await lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: inputs.functionName,
        MaximumEventAgeInSeconds: inputs.maximumEventAgeInSeconds,
        MaximumRetryAttempts: inputs.maximumRetryAttempts,
      }),
    );
    return { id: inputs.functionName };
  },
  delete: (_id, { functionName }) =>
    lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName: functionName })),
});

interface Invocation {
  functionName: string;
  input: string;
  lifecycleScope?: "CREATE_ONLY" | "CRUD";
  terraformKey?: string;
  triggers?: Record<string, string>;
}

/**
 * Source: hashicorp/terraform-provider-aws, internal/service/lambda/invocation.go. With the scope CREATE_ONLY a changed
 * input replaces the invocation, and the deletion does not invoke the function. With CRUD a changed input is an update, each
 * event has the action and the previous input in the property `terraformKey`, and the deletion invokes the function too.
 */
export const invocation = resourceType<Invocation>({
  inputs: ["functionName", "input", "lifecycleScope", "terraformKey", "triggers"],
  fixed: ({ lifecycleScope }) => [
    "functionName",
    "triggers",
    ...(lifecycleScope === "CRUD" ? [] : (["input"] as const)),
  ],
  // Source: Lambda quotas, payload of a synchronous invocation.
  limits: ({ input }) => [heavierThan(6 * 1024 * 1024, "the invocation's input", input)],
  async create(inputs) {
    return { id: `${inputs.functionName}_$LATEST`, outputs: await invoke(inputs, "create") };
  },
  update: (_id, inputs, { input }) => invoke(inputs, "update", String(input)),
  async delete(_id, inputs) {
    if (inputs.lifecycleScope === "CRUD") await invoke(inputs, "delete", inputs.input);
  },
});

/** Source: hashicorp/terraform-provider-aws, internal/service/lambda/invocation_data_source.go. */
export async function getInvocation({ functionName, input }: Properties): Promise<Properties> {
  const { result } = await invoke({ functionName: String(functionName), input: String(input) }, "create");
  return { id: `${functionName}_$LATEST`, functionName, input, result };
}

async function invoke(
  { functionName, input, lifecycleScope, terraformKey = "tf" }: Invocation,
  action: "create" | "update" | "delete",
  before = "null",
) {
  const note = { [terraformKey]: { action, prev_input: JSON.parse(before) } };
  const payload = lifecycleScope === "CRUD" ? JSON.stringify({ ...JSON.parse(input), ...note }) : input;
  const request = new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(payload) });
  const { FunctionError, Payload } = await lambda.send(request);
  const result = Buffer.from(Payload ?? []).toString();
  if (FunctionError !== undefined) throw new Error(`invoking Lambda Function (${functionName}): ${result}`);
  return { result };
}
