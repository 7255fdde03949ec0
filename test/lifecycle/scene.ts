import { afterAll, inject } from "vitest";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import { freshKey } from "../support/keys.ts";

/** What every suite here starts from: a sandbox of its own, keys that are used nowhere else, the real engine. */
export interface Scene {
  readonly sandbox: Sandbox;
  /** A fresh key that meets the given scenario. */
  key(scenario: ScenarioName): string;
  /** A workspace with a program; removed by `await using`. */
  workspace(program: Readonly<Record<string, string>>): Promise<Workspace>;
}

/** Sets the scene of a test file. */
export async function scene(): Promise<Scene> {
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
