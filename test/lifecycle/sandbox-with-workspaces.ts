import { afterAll, inject } from "vitest";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import { freshKey } from "../support/keys.ts";

/** A sandbox, fresh keys and workspaces of the real engine. */
export interface SandboxWithWorkspaces {
  readonly sandbox: Sandbox;
  /** Creates a key with a scenario. */
  key(scenario: ScenarioName): string;
  /** Creates a workspace with a program. Remove it with `await using`. */
  workspace(program: Readonly<Record<string, string>>): Promise<Workspace>;
}

/** Starts a sandbox for a test file and closes it after the last test. */
export async function startSandboxWithWorkspaces(): Promise<SandboxWithWorkspaces> {
  const sandbox = await startSandbox();
  afterAll(() => sandbox.close());
  return {
    sandbox,
    key(scenario) {
      const key = freshKey();
      sandbox.use(key, scenario);
      return key;
    },
    async workspace(program) {
      const workspace = await createWorkspace({ engine: inject("engine"), program });
      await workspace.setConfig("test:url", sandbox.url);
      return workspace;
    },
  };
}
