import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Environment } from "./command.ts";
import { onInterruption } from "./interruption.ts";
import { locateIn } from "./locate.ts";

/** Where an engine is put together before it is moved to where it stays. */
export interface Staging {
  /** Gets `bin/pulumi` and the rest. */
  readonly root: string;
  /** For the tools' own temporary files; removed with the rest. */
  readonly temporary: string;
}

/**
 * Puts an engine into `target`, all or nothing: `fill` works in a folder beside it, which is checked and renamed. So a
 * broken-off attempt leaves nothing half-made, and of two at the same time the slower one keeps what the faster one made.
 *
 * @throws if `fill` fails or what it made does not run.
 */
export async function install(
  target: string,
  environment: Environment,
  fill: (staging: Staging) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  const withdraw = onInterruption(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  try {
    const staging = { root: join(folder, "engine"), temporary: join(folder, "tmp") };
    for (const path of [join(staging.root, "bin"), staging.temporary]) await mkdir(path, { recursive: true });
    await fill(staging);
    await locateIn(join(staging.root, "bin"), environment);
    await moveInto(target, staging.root, join(folder, "replaced"), environment);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    withdraw();
  }
}

async function moveInto(target: string, made: string, aside: string, environment: Environment): Promise<void> {
  try {
    await rename(made, target);
  } catch {
    // Something is there already: made by somebody faster, or the rest of a download that broke off.
    const good = await locateIn(join(target, "bin"), environment).catch(() => undefined);
    if (good !== undefined) return;
    await rename(target, aside);
    await rename(made, target);
  }
}
