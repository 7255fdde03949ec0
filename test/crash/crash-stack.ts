import { expect, inject } from "vitest";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import { freshKey } from "../support/keys.ts";
import { Moments } from "./moments.ts";
import { dynamicShell, type Shell } from "./shells.ts";
import type { Keys } from "./stored.ts";

export type Operation = "create" | "update";

/** A stack before a deployment, with its own sandbox, so that cases can run in parallel. */
export class CrashStack implements AsyncDisposable {
  readonly moments: Moments;
  readonly stack: Workspace;
  /** `new` is the key of the next deployment, `old` the one in state. */
  keys: Keys = {};
  #sandbox: Sandbox;

  constructor(moments: Moments, sandbox: Sandbox, stack: Workspace) {
    this.moments = moments;
    this.#sandbox = sandbox;
    this.stack = stack;
  }

  /** Gives the stack another key. */
  async rotate(): Promise<void> {
    const old = this.keys["new"];
    const next = freshKey();
    this.keys = { ...(old !== undefined && { old }), new: next };
    await this.stack.setConfig("deepseek:apiKey", next, { secret: true });
  }

  /** Closes all connections to the sandbox and accepts no new ones. */
  cutNetwork(): Promise<void> {
    return this.#sandbox.close();
  }

  async mendNetwork(): Promise<void> {
    this.#sandbox = await start(this.moments, this.#sandbox.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stack.remove();
    await this.#sandbox.close();
  }
}

/** @param operation with `update`, a connection is already deployed */
export async function crashStack(
  operation: Operation,
  { program, config, env }: Shell = dynamicShell(),
): Promise<CrashStack> {
  const moments = new Moments();
  const sandbox = await start(moments, 0);
  const engine = inject("engine");
  const stack = await createWorkspace({ engine, program, config: config(sandbox.url), env: env(engine) });
  const made = new CrashStack(moments, sandbox, stack);
  await made.rotate();
  if (operation === "update") {
    const { code, all } = await stack.up("--skip-preview");
    expect(code, all).toBe(0);
    await made.rotate();
  }
  return made;
}

function start(moments: Moments, port: number): Promise<Sandbox> {
  return startSandbox({ port, defaultScenario: "good", ...moments.hooks });
}
