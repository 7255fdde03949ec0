import type { TestProject } from "vitest/node";
import { type Engine, ensureEngine } from "../../examples/demo/engine/engine.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly engine: Engine;
  }
}

/** Provides the real engine, which all suites of the engine need. */
export async function setup(project: TestProject): Promise<void> {
  project.provide("engine", await ensureEngine(console.log));
}
