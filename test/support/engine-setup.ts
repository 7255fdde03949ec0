import type { TestProject } from "vitest/node";
import { type Engine, ensureEngine } from "../../examples/demo/engine/engine.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly engine: Engine;
  }
}

/** What every suite with the real engine needs. Without it all fail. */
export async function setup(project: TestProject): Promise<void> {
  project.provide("engine", await ensureEngine(console.log));
}
