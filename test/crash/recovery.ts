import { copyFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CommandResult, lastLines } from "../../examples/demo/engine/command.ts";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import type { CrashStack } from "./crash-stack.ts";
import { isJson, stored } from "./stored.ts";

/**
 * Recovers as a user would: runs `pulumi up` again, with the commands that the engine asks for.
 *
 * @param broken the failed commands
 * @returns the state before, the commands, and the state after them
 */
export async function recover({ stack, keys }: CrashStack, broken: readonly CommandResult[]): Promise<string> {
  const steps: string[] = [await stored(stack, keys, broken)];
  const said: CommandResult[] = [];
  const run = async (step: string, ...flags: string[]): Promise<CommandResult> => {
    const result = await stack.run([...step.split(" "), "--yes", ...flags]);
    said.push(result);
    steps.push(result.code === 0 ? step : isLocked(result) ? "locked" : `${step} fails: ${lastLines(result.all)}`);
    return result;
  };

  if (/state('s attributes)? cut off/.test(steps[0] ?? "")) steps.push(await restore(stack));
  if (isLocked(await run("up", "--skip-preview"))) {
    await run("cancel");
    await run("up", "--skip-preview");
  }
  const after = await stored(stack, keys, said);
  if (!after.includes("pending")) return [...steps, after].join("; ");
  // The engine cannot know whether an interrupted creation had an effect. A connection exists only in the state.
  await run("refresh --clear-pending-creates");
  return [...steps, await stored(stack, keys, said)].join("; ");
}

/**
 * Makes a state readable again. Beside `dev.json` the engine's file backend keeps `dev.json.attrs`, which it writes in
 * place, just before it renames the new state to its name (gocloud.dev, blob/fileblob: `setAttrs`). A kill can leave that
 * file empty. Then a complete state cannot be read until the file is removed. A full disk cuts `dev.json` itself off, and
 * the previous state is in its backup.
 *
 * @returns the commands
 */
async function restore({ root }: Workspace): Promise<string> {
  const state = join(root, "backend", ".pulumi", "stacks", "test", "dev.json");
  await rm(`${state}.attrs`, { force: true });
  if (isJson(await readFile(state, "utf8"))) return "rm dev.json.attrs";
  await copyFile(`${state}.bak`, state);
  return "cp dev.json.bak dev.json";
}

/** The outcome of a command, in one word. */
export function ending(result: CommandResult): "killed" | "locked" | "fails" | "works" {
  if (result.code === null) return "killed";
  if (result.code === 0) return "works";
  return isLocked(result) ? "locked" : "fails";
}

function isLocked({ all }: CommandResult): boolean {
  return /the stack is currently locked by/.test(all);
}
