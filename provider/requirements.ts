import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { printed } from "./core/message-text.ts";
import { connectionMessage } from "./core/messages.ts";
import { isMocked, isOrdinaryProgram } from "./pulumi-internals.ts";

/**
 * Checks what the engine needs to load this package for a program. Under mocks, in a user's unit test, no engine loads
 * anything.
 *
 * @throws pulumi.RunError that says what is missing and what to do
 */
export function checkRequirements(): void {
  if (isMocked()) return;
  const runtime = otherRuntime();
  if (runtime !== undefined) throw new pulumi.RunError(printed(connectionMessage("runtime-not-node", { runtime })));
  // The folder of an inline program (Pulumi's Automation API) is its `workDir`, of which the SDK does not tell the
  // program. If that lacks the package, the engine's own error says so.
  if (isOrdinaryProgram()) requireResolvable();
}

/** The runtime in place of Node.js, if any. Both also claim to be a version of Node.js. */
function otherRuntime(): string | undefined {
  if (process.versions["bun"] !== undefined) return "Bun";
  return "Deno" in globalThis ? "Deno" : undefined;
}

/** Whether the package was found; looked up once for all connections of a program. */
let resolvable = false;

/**
 * The engine loads the package from the program's folder, not from the folder of this file. The two differ if another
 * package depends on this one and the package manager does not hoist it.
 */
function requireResolvable(): void {
  if (resolvable) return;
  try {
    // Not this module's own `require`: inside the package, the package's name always resolves to itself.
    createRequire(join(process.cwd(), "program.js")).resolve("pulumi-deepseek/provider/lifecycle");
    resolvable = true;
  } catch {
    throw new pulumi.RunError(printed(connectionMessage("package-not-found", { folder: process.cwd() })));
  }
}
