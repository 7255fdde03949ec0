import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { ensureEngine } from "../../examples/demo/engine/engine.ts";
import { ensureLanguageHosts } from "./language-hosts.ts";
import { ensurePackage } from "./python.ts";
import { root } from "./repository.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Folders for the PATH of an engine that runs programs in Python and YAML. The first has Python with Pulumi's SDK. */
    readonly languagePath: string;
  }
}

const sdk = {
  name: "pulumi",
  description: "Pulumi's SDK for Python",
  requirements: fileURLToPath(new URL("test/plugin/requirements.txt", root)),
  seconds: 10,
};

/** Provides what programs in Python and YAML need. */
export async function setup(project: TestProject): Promise<void> {
  const hosts = await ensureLanguageHosts(await ensureEngine(console.log), console.log);
  project.provide("languagePath", [await ensurePackage(sdk, console.log), hosts].join(delimiter));
}
