import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  InvokeCommand,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import type { Clients, Credentials } from "./clients.ts";
import { zipOf } from "./plugin/zip.ts";

const tellCredentials = `
const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
exports.handler = async () => ({ accessKeyId, secretAccessKey, sessionToken });`;

/** Returns the credentials that Lambda gives to functions with a role, from a temporary function that returns its own. */
export async function credentialsOfRole({ lambda, logs }: Clients, role: string): Promise<Credentials> {
  const folder = await mkdtemp(join(tmpdir(), "role-"));
  const FunctionName = "tell-credentials";
  try {
    await writeFile(join(folder, "index.js"), tellCredentials);
    const Code = { ZipFile: zipOf(folder) };
    const request = { FunctionName, Role: role, Runtime: "nodejs24.x", Handler: "index.handler", Code } as const;
    await lambda.send(new CreateFunctionCommand(request));
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
    return JSON.parse(Buffer.from(Payload ?? []).toString());
  } finally {
    await lambda.send(new DeleteFunctionCommand({ FunctionName }));
    await logs.send(new DeleteLogGroupCommand({ logGroupName: `/aws/lambda/${FunctionName}` }));
    await rm(folder, { recursive: true, force: true });
  }
}
