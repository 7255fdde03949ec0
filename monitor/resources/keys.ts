import * as secretsmanager from "@pulumi/aws/secretsmanager";
import * as pulumi from "@pulumi/pulumi";
import { problem } from "../../provider/core/problems.ts";
import { message } from "../argument-messages.ts";
import type { StoredConnection } from "../lambda/shard-secret.ts";
import { childName, shardSecretName, shardSubject } from "../names.ts";
import { type ConnectionSettings, refusal } from "../settings.ts";
import type { Shard } from "../shards.ts";

/** The monitor's own secrets, one for each shard. */
export interface StoredShards {
  /** The secret versions that must exist before the function runs. */
  readonly versions: readonly pulumi.Resource[];
  /** ARNs of the secrets that the monitor created, by shard. */
  readonly arns: Readonly<Record<string, pulumi.Output<string>>>;
  /** ARNs of the user's own secrets. */
  readonly given: readonly pulumi.Output<string>[];
}

interface StoreOptions {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
  readonly kmsKeyArn: pulumi.Output<string> | undefined;
}

/**
 * Stores the connections of each shard in one secret: their keys, or the ARNs of the secrets with them, together with the
 * addresses to which the keys may be sent.
 */
export function storeShards(
  parent: pulumi.Resource,
  shards: readonly Shard<ConnectionSettings>[],
  { name, identity, kmsKeyArn }: StoreOptions,
): StoredShards {
  const stored = shards.map((shard) => {
    const subject = shardSubject(shard.name);
    const secret = new secretsmanager.Secret(
      childName(name, subject),
      {
        name: identity.apply((monitor) => shardSecretName(monitor, shard.name)),
        description: `Connections of shard ${shard.name} of the DeepSeekMonitor '${name}', with their keys. Managed by Pulumi.`,
        // The secret is a copy of keys that are stored elsewhere. When it is deleted, it should be gone at once instead of after
        // 30 days, and its name should be free again.
        recoveryWindowInDays: 0,
        ...(kmsKeyArn !== undefined && { kmsKeyId: kmsKeyArn }),
      },
      { parent },
    );
    const value = pulumi.all(shard.connections.map(toStore)).apply((all) => shardSecretValue(name, shard.name, all));
    const version = new secretsmanager.SecretVersion(
      childName(name, subject),
      { secretId: secret.id, secretString: pulumi.secret(value) },
      { parent, additionalSecretOutputs: ["secretString"] },
    );
    return { subject, arn: secret.arn, version };
  });
  return {
    versions: stored.map(({ version }) => version),
    arns: Object.fromEntries(stored.map(({ subject, arn }) => [subject, arn])),
    given: shards.flatMap(({ connections }) => connections.flatMap(({ secretArn }) => secretArn ?? [])),
  };
}

/** Returns what is stored for a connection. */
function toStore(connection: ConnectionSettings): pulumi.Output<StoredConnection> {
  const { name, baseUrl, allowInsecureHttp, model, keyCreatedAt, apiKey, headers, secretArn, secretField } = connection;
  return pulumi
    .all([baseUrl, allowInsecureHttp, model, keyCreatedAt, apiKey, headers, secretArn])
    .apply(([url, isAllowed, chosen, createdAt, key, extra, arn]) => ({
      name,
      baseUrl: url,
      ...(isAllowed && { allowInsecureHttp: true }),
      ...(chosen !== undefined && { model: chosen }),
      ...(createdAt !== undefined && { keyCreatedAt: createdAt }),
      ...(key !== undefined && { apiKey: key }),
      ...(extra !== undefined && { headers: extra }),
      ...(arn !== undefined && { secretArn: arn }),
      ...(secretField !== undefined && { secretField }),
    }));
}

/** Maximum size of a secret's value, in bytes. Source: Secrets Manager API reference, PutSecretValue, `SecretString`. */
const MAX_SECRET = 65_536;

/**
 * Returns the value of a shard's secret.
 *
 * @throws pulumi.RunError if it is larger than AWS allows; the message contains no value
 */
export function shardSecretValue(monitor: string, shard: string, connections: readonly StoredConnection[]): string {
  const value = JSON.stringify({ connections });
  const bytes = Buffer.byteLength(value);
  if (bytes <= MAX_SECRET) return value;
  const sized = connections.map((one) => ({ largest: one.name, size: Buffer.byteLength(JSON.stringify(one)) }));
  const { largest, size } = sized.reduce((most, one) => (one.size > most.size ? one : most));
  const text = message("shard-secret-too-large", { shard, bytes, max: MAX_SECRET, largest, size });
  throw refusal(monitor, [problem("shard-secret-too-large", ["connections"], text)]);
}
