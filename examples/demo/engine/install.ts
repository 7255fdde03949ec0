import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { onInterruption } from "./interruption.ts";

/** A temporary folder in which a tool is prepared before it is moved to its final place. */
export interface Staging {
  /** For the tool's files. Contains an empty folder `bin`. */
  readonly root: string;
  /** For other temporary files. It is removed in the end. */
  readonly temporary: string;
}

/**
 * Installs a tool into `target`, unless it is already there and runs.
 *
 * @throws as `install` does
 */
export async function ensureInstalled(
  target: string,
  check: (root: string) => Promise<unknown>,
  fill: (staging: Staging) => Promise<void>,
): Promise<void> {
  if (!(await passes(check, target))) await install(target, check, fill);
}

/**
 * Installs a tool into `target` atomically: `fill` writes to a folder next to it, which is checked and then renamed. An
 * interrupted installation leaves no incomplete tool. If two run at the same time, the slower one keeps the result of
 * the faster one.
 *
 * @param check throws if the tool in a folder does not run
 * @throws if `fill` fails, or if the tool does not run
 */
export async function install(
  target: string,
  check: (root: string) => Promise<unknown>,
  fill: (staging: Staging) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  const withdraw = onInterruption(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  try {
    const staging = { root: join(folder, "made"), temporary: join(folder, "tmp") };
    for (const path of [join(staging.root, "bin"), staging.temporary]) await mkdir(path, { recursive: true });
    await fill(staging);
    await check(staging.root);
    await moveInto(target, staging.root, join(folder, "replaced"), check);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    withdraw();
  }
}

async function moveInto(
  target: string,
  made: string,
  aside: string,
  check: (root: string) => Promise<unknown>,
): Promise<void> {
  try {
    await rename(made, target);
  } catch {
    // Something is already there: the result of a faster process, or the rest of an interrupted download.
    if (await passes(check, target)) return;
    await rename(target, aside);
    await rename(made, target);
  }
}

function passes(check: (root: string) => Promise<unknown>, root: string): Promise<boolean> {
  return check(root).then(
    () => true,
    () => false,
  );
}
