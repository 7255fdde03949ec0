import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { onInterruption } from "./interruption.ts";

/** Where a tool is put together before it is moved to where it stays. */
export interface Staging {
  /** Gets the tool's files; has an empty folder `bin`. */
  readonly root: string;
  /** For the tools' own temporary files; removed with the rest. */
  readonly temporary: string;
}

/**
 * Puts a tool into `target`, unless it is there and runs already.
 *
 * @throws as `install` does.
 */
export async function ensureInstalled(
  target: string,
  check: (root: string) => Promise<unknown>,
  fill: (staging: Staging) => Promise<void>,
): Promise<void> {
  if (!(await passes(check, target))) await install(target, check, fill);
}

/**
 * Puts a tool into `target`, all or nothing: `fill` works in a folder beside it, which is checked and renamed. So a
 * broken-off attempt leaves nothing half-made, and of two at the same time the slower one keeps what the faster one made.
 *
 * @param check throws if what a folder holds does not run.
 * @throws if `fill` fails or what it made does not run.
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
    // Something is there already: made by somebody faster, or the rest of a download that broke off.
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
