import * as pulumi from "@pulumi/pulumi";
import type { KeyPlace } from "./secrets.ts";
import { eventFor, type Shard } from "./shards.ts";
import type { SettledConnection } from "./validation/settled.ts";

/** The event of each shard as JSON, by the shard's name. No key is in it, only where the keys are. */
export function eventsOf(
  shards: readonly Shard<SettledConnection>[],
  places: ReadonlyMap<string, KeyPlace>,
): ReadonlyMap<string, pulumi.Output<string>> {
  return new Map(
    shards.map((shard) => {
      const connections = pulumi.all(shard.connections.map((connection) => located(connection, places)));
      const event = connections.apply((all) => JSON.stringify(eventFor({ name: shard.name, connections: all })));
      return [shard.name, event];
    }),
  );
}

function located(connection: SettledConnection, places: ReadonlyMap<string, KeyPlace>) {
  const { name, baseUrl, model, keyCreatedAt } = connection;
  // Each connection has a key, so each has a place.
  const { secretArn, secretField } = places.get(name) as KeyPlace;
  return pulumi.all([baseUrl, model, secretArn, keyCreatedAt]).apply(([url, chosen, arn, createdAt]) => ({
    name,
    baseUrl: url,
    ...(chosen !== undefined && { model: chosen }),
    secretArn: arn,
    ...(secretField !== undefined && { secretField }),
    ...(createdAt !== undefined && { keyCreatedAt: createdAt }),
  }));
}
