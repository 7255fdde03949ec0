import { type Bag, UNKNOWN } from "./core/values.ts";

/*
 * How Pulumi's engine marks values, for every shell. It is separate from `pulumi-internals.ts`, because the plugin does not
 * load Pulumi's SDK.
 */

/**
 * What the engine passes for a value of any type that is not known yet. Source: `unknownValue` in @pulumi/pulumi's
 * runtime/rpc.
 */
const ENGINE_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Translates the engine's properties for the core. */
export function fromEngine(bag: Bag): Bag {
  return replaced(bag, ENGINE_UNKNOWN, UNKNOWN) as Bag;
}

/** Translates the core's properties for the engine. */
export function toEngine(bag: Bag): Bag {
  return replaced(bag, UNKNOWN, ENGINE_UNKNOWN) as Bag;
}

function replaced(value: unknown, mark: unknown, replacement: unknown): unknown {
  if (value === mark) return replacement;
  if (Array.isArray(value)) return value.map((part) => replaced(part, mark, replacement));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replaced(part, mark, replacement)]));
}
