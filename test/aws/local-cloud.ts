import { afterAll, inject } from "vitest";
import type { Program } from "../../examples/demo/engine/program.ts";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import { type Clients, clientsOf } from "./clients.ts";
import { type LocalAws, startLocalAws } from "./ministack.ts";
import { connectEngine } from "./plugin.ts";

/** A local AWS, a sandbox, and workspaces of the real engine that use both. */
export interface LocalCloud {
  readonly aws: LocalAws;
  readonly clients: Clients;
  readonly sandbox: Sandbox;
  /** A workspace with a program; removed with the local cloud. */
  workspace(
    program: Program,
    name: string,
    config: Readonly<Record<string, string>>,
    env?: Readonly<Record<string, string>>,
  ): Promise<Workspace>;
}

/** Starts a local cloud for a test file. Call it in `beforeAll`: the first start takes about 15 seconds. */
export async function startLocalCloud(): Promise<LocalCloud> {
  const engine = inject("engine");
  const clearing: (() => unknown)[] = [];
  afterAll(async () => {
    for (const clear of clearing.reverse()) await clear();
  });
  const sandbox = await startSandbox();
  clearing.push(() => sandbox.close());
  const aws = await startLocalAws(console.log);
  clearing.push(() => aws.stop());
  const connected = await connectEngine(engine, aws);
  clearing.push(() => connected[Symbol.asyncDispose]());
  return {
    aws,
    clients: clientsOf(aws),
    sandbox,
    async workspace(program, name, config, env) {
      const workspace = await createWorkspace({ engine, program, name, config, env: { ...connected.env, ...env } });
      clearing.push(() => workspace.remove());
      return workspace;
    },
  };
}
