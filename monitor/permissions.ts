import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "./console.ts";
import {
  functionPermissions,
  functionTrust,
  MAX_INLINE_POLICY,
  schedulerPermissions,
  schedulerTrust,
} from "./policies.ts";
import type { StoredKeys } from "./secrets.ts";
import { refusal } from "./validation/settings.ts";

/** The function's role. Its name, which AWS and Pulumi make unique in the account, is the monitor's in AWS. */
export function createFunctionRole(
  parent: pulumi.Resource,
  name: string,
  place: pulumi.Output<Place>,
): { readonly role: iam.Role; readonly identity: pulumi.Output<string> } {
  const role = new iam.Role(
    name,
    {
      description: `The function of the DeepSeekMonitor '${name}'`,
      assumeRolePolicy: place.apply(functionTrust),
    },
    { parent },
  );
  return { role, identity: role.name };
}

interface Grants {
  readonly name: string;
  readonly place: pulumi.Output<Place>;
  readonly role: iam.Role;
  readonly logGroupArn: pulumi.Output<string>;
  readonly keys: StoredKeys;
  readonly kmsKeyArn: pulumi.Output<string> | undefined;
}

/** What the function may do. */
export function grantFunction(
  parent: pulumi.Resource,
  { name, place, role, logGroupArn, keys, kmsKeyArn }: Grants,
): iam.RolePolicy {
  const ownSecrets = keys.versions.length > 0;
  const policy = pulumi
    .all([place, role.name, logGroupArn, kmsKeyArn, pulumi.all([...keys.given])])
    .apply(([where, identity, groupArn, keyArn, givenSecretArns]) => {
      const needs = { identity, logGroupArn: groupArn, ownSecrets, givenSecretArns, kmsKeyArn: keyArn };
      return fitting(name, functionPermissions(where, needs));
    });
  return new iam.RolePolicy(name, { role: role.name, policy }, { parent });
}

/** @throws pulumi.RunError if a policy is longer than IAM takes, which only very many given secrets can make it */
export function fitting(monitor: string, policy: string): string {
  if (policy.length <= MAX_INLINE_POLICY) return policy;
  const problem = `connections: the secrets of secretArn make the role's policy ${policy.length} characters long, and AWS takes ${MAX_INLINE_POLICY}. Keep several keys in one secret, as a JSON object, and name each by secretField; or give apiKey`;
  throw refusal(monitor, [problem]);
}

/** The role of the schedules, and what they may do. */
export function createSchedulerRole(
  parent: pulumi.Resource,
  name: string,
  of: {
    readonly place: pulumi.Output<Place>;
    readonly scheduleGroupArn: pulumi.Output<string>;
    readonly functionArn: pulumi.Output<string>;
    readonly deadLetterQueueArn: pulumi.Output<string>;
  },
): { readonly role: iam.Role; readonly policy: iam.RolePolicy } {
  const role = new iam.Role(
    `${name}-schedule`,
    {
      description: `The schedules of the DeepSeekMonitor '${name}'`,
      assumeRolePolicy: pulumi
        .all([of.place, of.scheduleGroupArn])
        .apply(([place, groupArn]) => schedulerTrust(place, groupArn)),
    },
    { parent },
  );
  const policy = pulumi
    .all([of.functionArn, of.deadLetterQueueArn])
    .apply(([functionArn, queueArn]) => schedulerPermissions(functionArn, queueArn));
  return { role, policy: new iam.RolePolicy(`${name}-schedule`, { role: role.name, policy }, { parent }) };
}
