import { chmod, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inject } from "vitest";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";

const pack = fileURLToPath(new URL("../../examples/policy", import.meta.url));
const launcher = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");

/**
 * Returns the flags with which a workspace's previews and deployments run `examples/policy`.
 *
 * The language host that can be built from Go modules cannot launch a policy pack from its folder. There, the engine gets an
 * executable instead, which launches the pack with the SDK's own launcher, as the official release does. Everything else is
 * the same: the pack, its server, and what the engine sends to it.
 *
 * @param config the configuration of the policies, by name
 */
export async function policyFlags(stack: Workspace, config: object = {}): Promise<readonly string[]> {
  const settings = join(stack.root, "policy-config.json");
  await writeFile(settings, JSON.stringify(config));
  const source = inject("engine").origin === "build" ? await executableIn(stack.root) : pack;
  return ["--policy-pack", source, "--policy-pack-config", settings];
}

async function executableIn(folder: string): Promise<string> {
  const path = join(folder, "policy-pack");
  // Both paths are our own, without quotes. The pack reads its version from the package.json of the folder in which it runs.
  await writeFile(path, `#!/bin/sh\ncd '${pack}' && exec node '${launcher}' "$1" .\n`);
  await chmod(path, 0o755);
  return path;
}

/** A violation as the CLI prints it. */
export interface Violation {
  readonly level: string;
  readonly policy: string;
  /** The type and name of the resource. */
  readonly resource: string;
  /** The text below the policy's description. */
  readonly text: string;
}

/** The violations in the output of a command. */
export function violationsIn(output: string): readonly Violation[] {
  const pattern = /^ +- \[(\w+)\] +(\S+) +\((.+)\)\n +.+\n +(.+)$/gm;
  return [...output.matchAll(pattern)].map(([, level = "", policy = "", resource = "", text = ""]) => {
    return { level, policy, resource, text };
  });
}
