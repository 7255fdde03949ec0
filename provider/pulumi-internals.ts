import * as pulumi from "@pulumi/pulumi";

/*
 * Everything undocumented of Pulumi's SDK that this package uses. Each part has a test that fails when Pulumi changes it.
 * What the engine's protocol leaves undocumented is in `engine-values.ts` and `plugin/properties.ts`.
 */

/** Whether the program runs with mocks in a user's unit test, where no calls may be made. */
export function isMocked(): boolean {
  return pulumi.runtime.getMonitor()?.constructor.name === "MockMonitor";
}

/**
 * Whether the engine started this process to run a program, in the program's folder. This is not so for an inline program
 * (Pulumi's Automation API): it runs in a process of the user's own, in any folder. The language host runs
 * `@pulumi/pulumi/cmd/run`, resolved to its file or not, and the program finds that as its script.
 */
export function isOrdinaryProgram(): boolean {
  const [, script = ""] = process.argv;
  return /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run([\\/]|[\\/]index(\.js)?)?$/.test(script);
}

const pluginProcess = {};

/**
 * Identifies this run of a program by its connection to the engine's resource monitor, because inline programs
 * (Pulumi's Automation API) can run many times in one process. The process of dynamic providers has no such connection;
 * it runs for one command only.
 */
export function currentRun(): object {
  return pulumi.runtime.getMonitor() ?? pluginProcess;
}

/** Whether a configuration value is stored as a secret. Part of Pulumi's runtime, but not of its type declarations. */
export const { isConfigSecret } = pulumi.runtime as unknown as { readonly isConfigSecret: (name: string) => boolean };

/**
 * Connects `pulumi.log` in the process that runs dynamic providers. Pulumi does not: warnings would be printed as plain
 * lines, and debug lines not at all. The engine's address is the first argument of every plugin (Pulumi's plugin
 * protocol); Pulumi's own runtime sets it with `resetOptions`.
 */
export function connectLog(): void {
  const [, script = "", engineAddress = ""] = process.argv;
  const isPlugin = /[\\/]cmd[\\/]dynamic-provider[\\/]/.test(script) && /^[\w.[\]:]+:\d+$/.test(engineAddress);
  if (isPlugin && pulumi.runtime.getEngine() === undefined) {
    pulumi.runtime.resetOptions("", "", -1, engineAddress, "", false, "");
  }
}

/**
 * A dynamic resource that limits stack traces to one line while it is registered. Pulumi's SDK takes four traces for
 * each property, sixty for a connection, and nobody reads them. With full traces a preview takes 1.13 instead of 0.96
 * times as long as one without checks for 100 connections, and 1.09 instead of 0.77 times for 1,000 (`npm run
 * bench:preview`). The source position in the state is not affected: for that the SDK raises the limit itself.
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

/** Adds to an error's stack where the user's program creates the resource. */
function traced(error: unknown, constructorOf: abstract new (...args: never) => unknown): unknown {
  const place = new Error();
  Error.captureStackTrace(place, constructorOf);
  if (error instanceof Error) error.stack += (place.stack ?? "").replace(/^.*/, "");
  return error;
}
