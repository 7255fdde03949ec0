import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as iam from "@pulumi/aws/iam";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import type { Variables } from "./environment.ts";
import { bundleDirectory } from "./lambda/bundle.ts";

/** In seconds. All probes of a run end before; the shortest pause between two runs is as long. */
const TIMEOUT = 60;

/** In MB: it decides the share of a processor too, and a probe is mostly waiting. */
const MEMORY = 256;

interface FunctionOptions {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
  readonly role: iam.Role;
  readonly logGroup: cloudwatch.LogGroup;
  readonly environment: pulumi.Output<Variables>;
}

/** The log group, which Lambda would make too, but for ever: this one is deleted with the stack and keeps its lines for a time. */
export function createLogGroup(
  parent: pulumi.Resource,
  {
    name,
    identity,
    retentionInDays,
  }: Pick<FunctionOptions, "name" | "identity"> & { readonly retentionInDays: number },
): cloudwatch.LogGroup {
  return new cloudwatch.LogGroup(
    name,
    { name: pulumi.interpolate`/aws/lambda/${identity}`, retentionInDays },
    { parent },
  );
}

/** The one function, which every shard's schedule invokes. */
export function createFunction(
  parent: pulumi.Resource,
  { name, identity, role, logGroup, environment }: FunctionOptions,
): lambda.Function {
  const monitor = new lambda.Function(
    name,
    {
      name: identity,
      description: "Probes DeepSeek connections and writes what it learned as metrics.",
      role: role.arn,
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      code: new pulumi.asset.FileArchive(bundleDirectory()),
      memorySize: MEMORY,
      timeout: TIMEOUT,
      environment: { variables: environment },
      // Plain text: Powertools writes the JSON, and EMF is read out of whole lines.
      loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
    },
    { parent },
  );
  new lambda.FunctionEventInvokeConfig(
    name,
    // A run that could not start is void a minute later, when the next one does: Lambda would try it again for six hours.
    { functionName: monitor.name, maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
    { parent },
  );
  return monitor;
}

/** Tells builds of the function's code apart. */
export function bundleHash(): string {
  return digest(readFileSync(join(bundleDirectory(), "index.js")));
}

export function digest(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}
