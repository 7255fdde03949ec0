import * as pulumi from "@pulumi/pulumi";
import { type Bag, UNKNOWN } from "./core/values.ts";

/*
 * Everything of Pulumi's that is used here and not documented. Each has a test that fails when Pulumi changes it.
 */

/**
 * What the engine hands over in place of a value that is not known yet, whatever its type. Source: `unknownValue` in
 * @pulumi/pulumi's runtime/rpc.
 */
const ENGINE_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The engine's properties as the core knows them. */
export function fromEngine(bag: Bag): Bag {
  return replaced(bag, ENGINE_UNKNOWN, UNKNOWN) as Bag;
}

/** The core's properties as the engine knows them. */
export function toEngine(bag: Bag): Bag {
  return replaced(bag, UNKNOWN, ENGINE_UNKNOWN) as Bag;
}

function replaced(value: unknown, mark: unknown, replacement: unknown): unknown {
  if (value === mark) return replacement;
  if (Array.isArray(value)) return value.map((part) => replaced(part, mark, replacement));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replaced(part, mark, replacement)]));
}

/** Whether the program runs under the mocks of a user's unit test, where nothing may be called. */
export function isMocked(): boolean {
  return pulumi.runtime.getMonitor()?.constructor.name === "MockMonitor";
}

const pluginProcess = {};

/**
 * Identifies this run of a program by its connection to the engine's resource monitor, since inline programs (Pulumi's
 * Automation API) run many times in one process. The process of dynamic providers has none and lives for one command.
 */
export function currentRun(): object {
  return pulumi.runtime.getMonitor() ?? pluginProcess;
}

/** Whether a setting of the stack is stored as a secret. Part of Pulumi's runtime; its type declarations leave it out. */
export const { isConfigSecret } = pulumi.runtime as unknown as { readonly isConfigSecret: (name: string) => boolean };

/**
 * Connects `pulumi.log` in the process that runs dynamic providers. Pulumi leaves it unconnected there, so that warnings
 * would come out as plain lines and debug lines not at all. The engine's address is the first argument of every plugin
 * (Pulumi's plugin protocol), and `resetOptions` is how Pulumi's own runtime takes it.
 */
export function connectLog(): void {
  const [, script = "", engineAddress = ""] = process.argv;
  const isPlugin = /[\\/]cmd[\\/]dynamic-provider[\\/]/.test(script) && /^[\w.[\]:]+:\d+$/.test(engineAddress);
  if (isPlugin && pulumi.runtime.getEngine() === undefined) {
    pulumi.runtime.resetOptions("", "", -1, engineAddress, "", false, "");
  }
}

/**
 * A dynamic resource that is registered while Pulumi's SDK takes stack traces of one line. It takes four traces a property,
 * sixty a connection, which nobody reads: with whole ones a preview takes 1.13 instead of 0.96 times as long as one without
 * a check at 100 connections, and 1.09 instead of 0.77 times at 1,000 (`npm run bench:preview`). The source position in the
 * state is not among them: for that the SDK raises the limit itself.
 */
export abstract class ShortlyTracedResource extends pulumi.dynamic.Resource {
  constructor(...registration: ConstructorParameters<typeof pulumi.dynamic.Resource>) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 1;
    try {
      super(...registration);
    } catch (error) {
      Error.stackTraceLimit = stackTraceLimit;
      throw traced(error, new.target);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }
}

/** Adds to an error where in the user's program the resource is made. */
function traced(error: unknown, constructorOf: abstract new (...args: never) => unknown): unknown {
  const place = new Error();
  Error.captureStackTrace(place, constructorOf);
  if (error instanceof Error) error.stack += (place.stack ?? "").replace(/^.*/, "");
  return error;
}
