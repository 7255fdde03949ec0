import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { shardSecretName } from "../../../dist/monitor/names.js";
import { eventFor, planShards } from "../../../dist/monitor/shards.js";

/** The monitor's name in AWS. */
export const MONITOR = "bench";

/** Returns the events of all shards, and stores their connections in the stand-in for Secrets Manager. */
export async function shardsOf(connections: number, baseUrl: string, secrets: Worker) {
  const stored = keysOf(connections).map((apiKey, index) => ({ name: `connection-${index}`, baseUrl, apiKey }));
  const shards = planShards(stored);
  for (const shard of shards) {
    const value = JSON.stringify({ connections: shard.connections });
    secrets.postMessage({ id: shardSecretName(MONITOR, shard.name), value });
    await once(secrets, "message");
  }
  return shards.map(eventFor);
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
