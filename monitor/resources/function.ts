import { createHash } from "node:crypto";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as iam from "@pulumi/aws/iam";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { type Variables, variablesOf } from "../environment.ts";
import { bundleDirectory, bundleHash } from "../lambda/bundle.ts";
import type { MonitoredTopic } from "../lambda/topics.ts";
import { childName, shardSubject } from "../names.ts";
import type { ConnectionSettings, MonitorSettings, VpcSettings } from "../settings.ts";
import { eventFor, type Shard } from "../shards.ts";
import type { AwsLocation } from "./aws-location.ts";

/** Options of both the log group and the function. */
interface Named {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
}

/** Creates the log group, with a retention. Lambda's own log group would never be deleted. */
export function createLogGroup(
  parent: pulumi.Resource,
  { name, identity, retentionInDays }: Named & { readonly retentionInDays: number },
): cloudwatch.LogGroup {
  return new cloudwatch.LogGroup(
    name,
    { name: pulumi.interpolate`/aws/lambda/${identity}`, retentionInDays },
    { parent },
  );
}

interface FunctionOptions extends Named {
  readonly role: iam.Role;
  readonly logGroup: cloudwatch.LogGroup;
  readonly environment: pulumi.Output<Variables>;
  readonly permissions: iam.RolePolicy;
  readonly vpc: VpcSettings | undefined;
}

/** Creates the function. The schedules of all shards invoke the same one. */
export function createFunction(
  parent: pulumi.Resource,
  { name, identity, role, logGroup, environment, permissions, vpc }: FunctionOptions,
): lambda.Function {
  const monitor = new lambda.Function(
    name,
    {
      name: identity,
      description: "Probes DeepSeek connections and writes the results as metrics.",
      role: role.arn,
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      code: new pulumi.asset.FileArchive(bundleDirectory()),
      memorySize: MEMORY,
      timeout: TIMEOUT,
      environment: { variables: environment },
      // Plain text, because the function already writes JSON, and EMF must be a whole line.
      loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
      ...(vpc !== undefined && { vpcConfig: vpc }),
    },
    // In a VPC, Lambda creates network interfaces with the role's permissions when the function is created, and deletes them
    // with the same permissions afterwards.
    { parent, dependsOn: [permissions] },
  );
  new lambda.FunctionEventInvokeConfig(
    name,
    // A run that could not start is useless once the next one starts. By default, Lambda would retry it for six hours.
    { functionName: monitor.name, maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
    { parent },
  );
  return monitor;
}

interface SmokeOptions {
  readonly name: string;
  readonly functionName: pulumi.Output<string>;
  readonly environment: pulumi.Output<Variables>;
  readonly role: iam.Role;
  readonly permissions: iam.RolePolicy;
  readonly shards: readonly Shard<ConnectionSettings>[];
  readonly dependsOn: readonly pulumi.Resource[];
}

/**
 * Invokes the function once for each shard, before the schedules do. The deployment fails if the function cannot start or cannot
 * read its keys, but not if DeepSeek rejects a key. The function is invoked again when its code, environment or permissions change,
 * or where the shard's connections find their keys.
 *
 * With the scope `CRUD`, a changed input updates the invocation; with the default scope it would replace it. Changed `triggers`
 * would replace it in both. The value of `smoke` in the input only serves to detect changes: the provider replaces it by its own
 * description of the operation. Deleting the resource would also invoke the function, so it is retained (`retainOnDelete`).
 *
 * Source: hashicorp/terraform-provider-aws, internal/service/lambda/invocation.go.
 */
export function invokeOnce(
  parent: pulumi.Resource,
  { name, functionName, environment, role, permissions, shards, dependsOn }: SmokeOptions,
): readonly lambda.Invocation[] {
  const code = bundleHash();
  const smoke = pulumi.all([environment, role.arn, permissions.policy]).apply(([variables, roleArn, policy]) => ({
    code,
    environment: digest(JSON.stringify(variables)),
    permissions: digest(JSON.stringify([roleArn, policy])),
  }));
  return shards.map(
    (shard) =>
      new lambda.Invocation(
        childName(name, shardSubject(shard.name)),
        {
          functionName,
          input: smoke.apply((tested) => {
            return JSON.stringify({ ...eventFor(shard), smoke: { ...tested, connections: digestOf(shard) } });
          }),
          lifecycleScope: "CRUD",
          terraformKey: "smoke",
        },
        { parent, dependsOn: [permissions, ...dependsOn], retainOnDelete: true },
      ),
  );
}

/** Returns the function's environment variables. They contain no key. */
export function environmentOf(
  settings: MonitorSettings,
  {
    identity,
    location,
    shards,
    watched,
  }: {
    readonly identity: pulumi.Output<string>;
    readonly location: pulumi.Output<AwsLocation>;
    readonly shards: number;
    readonly watched: pulumi.Output<readonly MonitoredTopic[]>;
  },
): pulumi.Output<Variables> {
  return pulumi
    .all([identity, location, settings.heartbeatUrl, watched])
    .apply(([monitor, { dnsSuffix }, heartbeatUrl, topics]) =>
      variablesOf({ ...settings, monitor, shards, dnsSuffix, heartbeatUrl, topics }),
    );
}

/**
 * A digest of what is known in the program: the connections' names and where the keys are in the user's own secrets. Outputs of
 * connections are left out, so that the invocation does not depend on them.
 */
function digestOf({ connections }: Shard<ConnectionSettings>): string {
  return digest(JSON.stringify(connections.map(({ name, secretField }) => [name, secretField])));
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** In seconds. All probes of a run end before this; it is also the shortest interval between two runs. */
const TIMEOUT = 60;

/** In MB. It also determines the share of a CPU; a little is enough, since a probe mostly waits. */
const MEMORY = 256;
