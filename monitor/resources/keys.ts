import * as secretsmanager from "@pulumi/aws/secretsmanager";
import * as pulumi from "@pulumi/pulumi";
import { Detail } from "../metrics.ts";
import { childName, shardSubject } from "../names.ts";
import type { ConnectionSettings, Headers } from "../settings.ts";
import type { Shard } from "../shards.ts";

/** Where the function finds a connection's key. */
export interface KeyLocation {
  readonly secretArn: pulumi.Output<string>;
  /** The property that contains the key, if the secret is a JSON object. */
  readonly secretField?: string;
}

/** The monitor's own secrets, and the location of each connection's key. */
export interface StoredKeys {
  readonly locations: ReadonlyMap<string, KeyLocation>;
  /** The secret versions that must exist before the function runs. */
  readonly versions: readonly pulumi.Resource[];
  /** ARNs of the secrets that the monitor created, by connection or, in fleet detail, by shard. */
  readonly arns: Readonly<Record<string, pulumi.Output<string>>>;
  /** ARNs of the user's own secrets. */
  readonly given: readonly pulumi.Output<string>[];
}

interface StoreOptions {
  readonly name: string;
  readonly identity: pulumi.Output<string>;
  readonly detail: Detail;
  readonly kmsKeyArn: pulumi.Output<string> | undefined;
}

/** Stores the keys in Secrets Manager: one secret for each connection or, in fleet detail, one JSON object for each shard. */
export function storeKeys(
  parent: pulumi.Resource,
  shards: readonly Shard<ConnectionSettings>[],
  options: StoreOptions,
): StoredKeys {
  const locations = new Map<string, KeyLocation>();
  const versions: pulumi.Resource[] = [];
  const arns: Record<string, pulumi.Output<string>> = {};
  const given: pulumi.Output<string>[] = [];

  const store = (subject: string, about: string, value: pulumi.Output<string>) => {
    const secret = new secretsmanager.Secret(
      childName(options.name, subject),
      {
        name: pulumi.interpolate`${options.identity}/${subject}`,
        description: `${about}, for the DeepSeekMonitor '${options.name}'. Managed by Pulumi.`,
        // The secret is a copy of a key that is stored elsewhere. When it is deleted, it should be gone at once instead of after
        // 30 days, and its name should be free again.
        recoveryWindowInDays: 0,
        ...(options.kmsKeyArn !== undefined && { kmsKeyId: options.kmsKeyArn }),
      },
      { parent },
    );
    const version = new secretsmanager.SecretVersion(
      childName(options.name, subject),
      { secretId: secret.id, secretString: pulumi.secret(value) },
      { parent, additionalSecretOutputs: ["secretString"] },
    );
    versions.push(version);
    arns[subject] = secret.arn;
    return secret.arn;
  };

  for (const shard of shards) {
    const own: { readonly name: string; readonly value: pulumi.Output<Credentials> }[] = [];
    for (const { name, apiKey, headers, secretArn, secretField } of shard.connections) {
      if (apiKey !== undefined) own.push({ name, value: credentialsOf(apiKey, headers) });
      if (secretArn === undefined) continue;
      given.push(secretArn);
      locations.set(name, { secretArn, ...(secretField !== undefined && { secretField }) });
    }
    if (options.detail === Detail.Connection) {
      for (const { name, value } of own) {
        const text = value.apply((known) => (typeof known === "string" ? known : JSON.stringify(known)));
        locations.set(name, { secretArn: store(name, `The DeepSeek key of connection '${name}'`, text) });
      }
    } else if (own.length > 0) {
      const keys = pulumi
        .all(own.map(({ value }) => value))
        .apply((all) => JSON.stringify(Object.fromEntries(own.map(({ name }, index) => [name, all[index]]))));
      const secretArn = store(shardSubject(shard.name), `The DeepSeek keys of shard ${shard.name}`, keys);
      for (const { name } of own) locations.set(name, { secretArn, secretField: name });
    }
  }
  return { locations, versions, arns, given };
}

/** What is stored for a connection: its key or, if it has headers, both. The function's `credentialsIn` reads either. */
type Credentials = string | { readonly apiKey: string; readonly headers: Headers };

function credentialsOf(
  apiKey: pulumi.Output<string>,
  headers: pulumi.Output<Headers | undefined> | undefined,
): pulumi.Output<Credentials> {
  if (headers === undefined) return apiKey;
  return pulumi
    .all([apiKey, headers])
    .apply(([key, known]) => (known === undefined ? key : { apiKey: key, headers: known }));
}
