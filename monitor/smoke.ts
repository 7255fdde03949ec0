import * as lambda from "@pulumi/aws/lambda";
import type * as pulumi from "@pulumi/pulumi";
import type { Variables } from "./environment.ts";
import { bundleHash, digest } from "./function.ts";
import { shardSubject } from "./names.ts";

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
