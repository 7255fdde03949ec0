import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { planShards } from "../../../dist/monitor/shards.js";

/** Returns the events of all shards, and stores their keys in the stand-in for Secrets Manager, one secret for each shard. */
export async function shardsOf(connections: number, baseUrl: string, secrets: Worker) {
  const named = keysOf(connections).map((key, index) => [`connection-${index}`, key] as const);
  const shards = planShards(named);
  for (const { name, connections: ofShard } of shards) {
    secrets.postMessage({ arn: arnOf(name), value: JSON.stringify(Object.fromEntries(ofShard)) });
    await once(secrets, "message");
  }
  return shards.map(({ name: shard, connections: ofShard }) => ({
    shard,
    connections: ofShard.map(([name]) => ({ name, baseUrl, secretArn: arnOf(shard), secretField: name })),
  }));
}

/** Distributes things round-robin. */
export function dealt<Thing>(things: readonly Thing[], hands: number): readonly (readonly Thing[])[] {
  return Array.from({ length: hands }, (_, hand) => things.filter((_, index) => index % hands === hand));
}

export function keysOf(connections: number): readonly string[] {
  return Array.from({ length: connections }, (_, index) => keyOf(index));
}

export function keyOf(index: number): string {
  return `sk-${createHash("sha256").update(String(index)).digest("hex").slice(0, 32)}`;
}

function arnOf(shard: string): string {
  return `arn:aws:secretsmanager:eu-central-1:123456789012:secret:bench/${shard}`;
}
