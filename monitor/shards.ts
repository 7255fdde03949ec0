/** Connections in one shard: few enough for a short run, and for a secret of at most 64 kB with 1,300 bytes for each. */
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
  return groupsOf(SHARD_SIZE, connections).map((group, index) => ({ name: String(index), connections: group }));
}

/** Splits a list into groups of this size, in order. The last group may be smaller. */
export function groupsOf<Item>(size: number, items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Returns the event that a shard's schedule sends to the function. Nothing in it decides where a key goes. */
export function eventFor({ name }: Pick<Shard<unknown>, "name">): { readonly shard: string } {
  return { shard: name };
}
