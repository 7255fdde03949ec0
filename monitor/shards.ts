/** Connections in one shard: few enough for a short run and for an event far below the size limits. */
export const SHARD_SIZE = 50;

/** The connections that one schedule probes. */
export interface Shard<Connection> {
  /** "0", "1", … */
  readonly name: string;
  readonly connections: readonly Connection[];
}

/**
 * Splits connections into shards, in order. A connection that is added at the end does not move any other.
 */
export function planShards<Connection>(connections: readonly Connection[]): readonly Shard<Connection>[] {
  return Array.from({ length: Math.ceil(connections.length / SHARD_SIZE) }, (_, index) => ({
    name: String(index),
    connections: connections.slice(index * SHARD_SIZE, (index + 1) * SHARD_SIZE),
  }));
}

/** Returns the event that a shard's schedule sends to the function. It contains no secret. */
export function eventFor<Connection>(shard: Shard<Connection>): { shard: string; connections: Connection[] } {
  return { shard: shard.name, connections: [...shard.connections] };
}
