import type { TestProject } from "vitest/node";
import { type Engine, ensureEngine } from "../../examples/demo/engine/engine.ts";
import { buildPackage } from "../../examples/demo/engine/package.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly engine: Engine;
  }
}

/** What every suite with the real engine needs: the engine, and the package as it loads it. Without them all fail. */
export async function setup(project: TestProject): Promise<void> {
  await buildPackage();
  project.provide("engine", await ensureEngine(console.log));
}
