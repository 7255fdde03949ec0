/** Connections that one schedule probes in one run: a run stays short, and its event far below the limits. */
export const SHARD_SIZE = 50;

/** The connections that one schedule probes. */
export interface Shard<Connection> {
  /** "0", "1", … */
  readonly name: string;
  readonly connections: readonly Connection[];
}

/**
 * Deals connections out to shards, in their order: one that is added at the end moves no other.
 */
export function planShards<Connection>(connections: readonly Connection[]): readonly Shard<Connection>[] {
  return Array.from({ length: Math.ceil(connections.length / SHARD_SIZE) }, (_, index) => ({
    name: String(index),
    connections: connections.slice(index * SHARD_SIZE, (index + 1) * SHARD_SIZE),
  }));
}

/** What a shard's schedule hands to the function, which checks it; nothing in it is secret. */
export function eventFor<Connection>(shard: Shard<Connection>): { shard: string; connections: Connection[] } {
  return { shard: shard.name, connections: [...shard.connections] };
}
