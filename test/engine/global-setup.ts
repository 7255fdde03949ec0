import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { lastLines, runCommand } from "./command.ts";
import { type Engine, ensureEngine } from "./engine.ts";

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

/** The engine loads built JavaScript, so whatever starts it builds first. */
export async function buildPackage(): Promise<void> {
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const { code, all } = await runCommand("npm", ["run", "--silent", "build"], { cwd, env: process.env });
  if (code !== 0) throw new Error(`The package could not be built:\n${lastLines(all, 20, 4_000)}`);
}
