import { createHash } from "node:crypto";
import * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as iam from "@pulumi/aws/iam";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { gaugesRead } from "../alarms/plan.ts";
import { bundleDirectory, bundleHash } from "../lambda/bundle.ts";
import type { MonitorEnvironment } from "../lambda/invocation.ts";
import { childName, shardSubject } from "../names.ts";
import type { MonitorSettings } from "../settings.ts";

/** What the log group and the function have in common. */
interface Named {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
}

/** The log group, which Lambda would make too, but for ever: this one is deleted with the stack and keeps its lines for a time. */
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

interface SmokeOptions {
  readonly name: string;
  readonly functionName: pulumi.Output<string>;
  readonly environment: pulumi.Output<Variables>;
  readonly role: iam.Role;
  readonly permissions: iam.RolePolicy;
  readonly events: ReadonlyMap<string, pulumi.Output<string>>;
  readonly dependsOn: readonly pulumi.Resource[];
}

/**
 * Invokes the function once a shard and deployment, before the schedules do: a function that cannot start or cannot read its
 * keys fails the deployment. What DeepSeek says to the keys does not. It runs again when code, environment, event or
 * permissions change.
 *
 * A changed input updates an invocation of the scope CRUD, where it would replace one of the default scope, as changed
 * `triggers` would in each. The input's own `smoke` is only there to be compared: what the function gets in its stead is the
 * provider's note on what it does. A deletion would invoke the function too, so nothing is done then (`retainOnDelete`).
 *
 * Source: hashicorp/terraform-provider-aws, internal/service/lambda/invocation.go.
 */
export function invokeOnce(
  parent: pulumi.Resource,
  { name, functionName, environment, role, permissions, events, dependsOn }: SmokeOptions,
): readonly lambda.Invocation[] {
  const code = bundleHash();
  const smoke = pulumi.all([environment, role.arn, permissions.policy]).apply(([variables, roleArn, policy]) => ({
    code,
    environment: digest(JSON.stringify(variables)),
    permissions: digest(JSON.stringify([roleArn, policy])),
  }));
  return [...events].map(
    ([shard, event]) =>
      new lambda.Invocation(
        childName(name, shardSubject(shard)),
        {
          functionName,
          input: pulumi.all([event, smoke]).apply(([text, tested]) => {
            return JSON.stringify({ ...JSON.parse(text), smoke: tested });
          }),
          lifecycleScope: "CRUD",
          terraformKey: "smoke",
        },
        { parent, dependsOn: [permissions, ...dependsOn], retainOnDelete: true },
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

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** In seconds. All probes of a run end before; the shortest pause between two runs is as long. */
const TIMEOUT = 60;

/** In MB: it decides the share of a processor too, and a probe is mostly waiting. */
const MEMORY = 256;
