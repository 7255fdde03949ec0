import { createHash } from "node:crypto";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as iam from "@pulumi/aws/iam";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { gaugesRead } from "../alarms/plan.ts";
import { bundleDirectory, bundleHash } from "../lambda/bundle.ts";
import type { MonitorEnvironment } from "../lambda/invocation.ts";
import { shardSubject } from "../names.ts";
import type { MonitorSettings } from "../settings.ts";

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

function digest(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

interface SmokeOptions {
  readonly name: string;
  readonly functionName: pulumi.Output<string>;
  readonly environment: pulumi.Output<Variables>;
  readonly permissions: pulumi.Output<string>;
  readonly events: ReadonlyMap<string, pulumi.Output<string>>;
  readonly dependsOn: readonly pulumi.Resource[];
}

/**
 * Invokes the function once a shard and deployment, before the schedules do: a function that cannot start or cannot read its
 * keys fails the deployment. What DeepSeek says to the keys does not. It runs again when code, environment, event or
 * permissions change.
 */
export function invokeOnce(
  parent: pulumi.Resource,
  { name, functionName, environment, permissions, events, dependsOn }: SmokeOptions,
): readonly lambda.Invocation[] {
  const code = bundleHash();
  return [...events].map(
    ([shard, event]) =>
      new lambda.Invocation(
        `${name}-${shardSubject(shard)}`,
        {
          functionName,
          input: event.apply((text) => JSON.stringify({ ...JSON.parse(text), smoke: true })),
          triggers: {
            code,
            environment: environment.apply((variables) => digest(JSON.stringify(variables))),
            permissions: permissions.apply(digest),
          },
        },
        { parent, dependsOn: [...dependsOn] },
      ),
  );
}

/** Environment variables: the ones that the function knows, and no absent one. */
export type Variables = { [Name in keyof MonitorEnvironment]: string };

/** The function's environment variables. No key is ever in it. */
export function environmentOf(
  settings: MonitorSettings,
  identity: pulumi.Output<string>,
  heartbeatUrl: pulumi.Output<string> | undefined,
): pulumi.Output<Variables> {
  return pulumi.all([identity, heartbeatUrl]).apply(([monitor, heartbeat]) => ({
    MONITOR_NAME: monitor,
    MONITOR_TEST_CALL: settings.testCall,
    MONITOR_DETAIL: settings.detail,
    MONITOR_GAUGES: gaugesRead(settings.alarms, settings.dashboard).join(","),
    ...(heartbeat !== undefined && { MONITOR_HEARTBEAT_URL: heartbeat }),
  }));
}
