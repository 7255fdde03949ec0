import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { npm } from "../support/npm.ts";
import { pack } from "../support/packed-package.ts";
import { ensureTools, type Tools } from "./tools.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The path of the packed package. */
    readonly tarball: string;
    readonly tools: Tools;
    /** The newest `@pulumi/pulumi` in the registry. */
    readonly newestSdk: string;
    /** The URL of the npm registry. */
    readonly registry: string;
  }
}

/** Packs the build of `test/support/build-setup.ts`. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "deepseek-adoption-"));
  project.provide("tarball", pack(folder));
  project.provide("tools", await ensureTools(process.env));
  project.provide("newestSdk", npm(folder, "view", "@pulumi/pulumi", "version").trim());
  project.provide("registry", npm(folder, "config", "get", "registry").trim());
  return () => rm(folder, { recursive: true });
}
