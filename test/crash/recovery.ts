import { copyFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CommandResult, lastLines } from "../../examples/demo/engine/command.ts";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import type { CrashStack } from "./crash-stack.ts";
import { isJson, stored } from "./stored.ts";

/**
 * What a user does after something went wrong: `pulumi up` again, and what the engine asks for with it.
 *
 * @param broken what went wrong
 * @returns what was stored before, the commands, and what is stored after them
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
  // The engine cannot know whether a creation that broke off has made something. Here there is nothing but the state.
  await run("refresh --clear-pending-creates");
  return [...steps, await stored(stack, keys, said)].join("; ");
}

/**
 * Makes a state readable again. Beside `dev.json` the engine's file backend keeps `dev.json.attrs`, which it writes in
 * place, just before it renames the new state to its name (gocloud.dev, blob/fileblob: `setAttrs`). A kill can leave that
 * file empty, and then a state that is whole is not read; without it, it is. A full disk cuts `dev.json` itself off: the
 * one before it is beside it.
 *
 * @returns what was done
 */
async function restore({ root }: Workspace): Promise<string> {
  const state = join(root, "backend", ".pulumi", "stacks", "test", "dev.json");
  await rm(`${state}.attrs`, { force: true });
  if (isJson(await readFile(state, "utf8"))) return "rm dev.json.attrs";
  await copyFile(`${state}.bak`, state);
  return "cp dev.json.bak dev.json";
}

/** How a command ended, in one word. */
export function ending(result: CommandResult): "killed" | "locked" | "fails" | "works" {
  if (result.code === null) return "killed";
  if (result.code === 0) return "works";
  return isLocked(result) ? "locked" : "fails";
}

function isLocked({ all }: CommandResult): boolean {
  return /the stack is currently locked by/.test(all);
}
