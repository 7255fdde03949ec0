import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { CommandResult } from "../../examples/demo/engine/command.ts";
import type { RunOptions, Workspace } from "../../examples/demo/engine/workspace.ts";
import type { Moment } from "./moments.ts";
import { notePlugin } from "./shells.ts";

/** A running `pulumi up`. Both methods send SIGKILL, so the processes cannot clean up. */
export interface Running {
  /** Kills the engine with the program and all plugins. */
  killEverything(): void;
  /** Kills the plugin that runs the provider. */
  killPlugin(): Promise<void>;
}

/** Makes the plugin of a command report its process id. The command needs this environment. */
export function pluginNote(stack: Workspace) {
  const file = join(stack.root, "plugin.pid");
  return {
    env: { NODE_OPTIONS: `--require=./${notePlugin}`, PLUGIN_PID: file },
    pid: async () => Number(await readFile(file, "utf8")),
  };
}

/** Runs `pulumi up`, and calls a function at a given moment of it. */
export async function upDuring(
  moment: Moment,
  stack: Workspace,
  happen: (running: Running) => unknown,
  { withPreview = false, ...options }: RunOptions & { readonly withPreview?: boolean } = {},
): Promise<CommandResult> {
  const death = new AbortController();
  const note = pluginNote(stack);
  const running = stack.run(["up", "--yes", ...(withPreview ? [] : ["--skip-preview"])], {
    ...options,
    signal: death.signal,
    env: note.env,
  });
  const early = running.then(({ all }) => Promise.reject(new Error(`It ended before the moment came:\n${all}`)));
  early.catch(() => {});
  try {
    await Promise.race([moment.reached, early]);
    await happen({
      killEverything: () => death.abort(),
      killPlugin: async () => void process.kill(await note.pid(), "SIGKILL"),
    });
  } finally {
    moment.release();
  }
  return running;
}
