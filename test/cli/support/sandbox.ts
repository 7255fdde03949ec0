import { afterAll, beforeAll } from "vitest";
import type { CommandResult } from "../../../examples/demo/engine/command.ts";
import type { ScenarioName } from "../../../provider/sandbox/scenarios.ts";
import {
  type RecordedRequest,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from "../../../provider/sandbox/server.ts";
import { freshKey } from "../../support/keys.ts";
import { pulumiDeepseek } from "./run.ts";

/** A sandbox for a test file, and keys for it. */
export class SandboxedCommand {
  #sandbox: Sandbox | undefined;

  constructor(options: SandboxOptions = {}) {
    beforeAll(async () => {
      this.#sandbox = await startSandbox(options);
    });
    afterAll(() => this.sandbox.close());
  }

  get sandbox(): Sandbox {
    if (this.#sandbox === undefined) throw new Error("The sandbox has not been started.");
    return this.#sandbox;
  }

  /** Creates a new key with a scenario. */
  key(scenario: ScenarioName): string {
    const key = freshKey();
    this.sandbox.use(key, scenario);
    return key;
  }

  /** The requests with a key. */
  asked(key: string): readonly RecordedRequest[] {
    return this.sandbox.requests.filter(({ authorization }) => authorization === `Bearer ${key}`);
  }

  /** The paths of these requests, sorted, since some are made in parallel. */
  askedPaths(key: string): readonly string[] {
    return this.asked(key)
      .map(({ path }) => path)
      .toSorted();
  }

  /** Runs a command against the sandbox, with a key on its standard input. */
  run(command: string, key: string, ...options: readonly string[]): Promise<CommandResult> {
    const service = ["--base-url", this.sandbox.baseUrl, "--key-file", "-"];
    return pulumiDeepseek([command, ...service, ...options], { input: `${key}\n` });
  }
}
