import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe } from "vitest";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import { crashCase } from "./case.ts";
import { crashStack, type Operation } from "./crash-stack.ts";
import { upDuring } from "./interfere.ts";
import { ending, recover } from "./recovery.ts";

/* The state cannot be written. The engine tries for half a minute, so these run side by side: there is little to do. */

/** Root may write whatever the modes say, unless it gives that right up. Other users need nothing. */
const bound = process.getuid?.() === 0 ? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] : [];

async function setMode(stack: Workspace, mode: number): Promise<void> {
  const state = join(stack.root, "backend", ".pulumi");
  const entries = await readdir(state, { recursive: true, withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  for (const folder of [state, ...folders]) await chmod(folder, mode);
}

/**
 * No file may grow beyond this many blocks of 512 bytes. That stands for a full disk, as making one takes rights that a
 * user does not have; the engine meets the same: a write that breaks off.
 */
const fullAt = (blocks: number) => ["sh", "-c", `ulimit -f ${blocks} && exec "$@"`, "sh"];

interface Outcomes {
  readonly readOnly: string;
  readonly readOnlyLate: string;
  /** Where the operation's beginning can be written and its result cannot. */
  readonly blocks: number;
  readonly full: string;
}

// Pulumi puts what it could write of a file in the place of the whole one, and keeps that beside it.
const cutOff = "fails; state cut off, history cut off, backups cut off";

const outcomes: Readonly<Record<Operation, Outcomes>> = {
  create: {
    readOnly: "fails; nothing; up; new",
    readOnlyLate: "fails; nothing, pending creating; locked; cancel; up; refresh --clear-pending-creates; new",
    blocks: 12,
    full: `${cutOff}; cp dev.json.bak dev.json; up; refresh --clear-pending-creates; new, history cut off, backups cut off`,
  },
  update: {
    readOnly: "fails; old; up; new",
    readOnlyLate: "fails; old, pending updating; locked; cancel; up; new",
    blocks: 20,
    full: `${cutOff}; cp dev.json.bak dev.json; up; new, history cut off, backups cut off`,
  },
};

describe.concurrent.each(["create", "update"] as const)("%s", (operation) => {
  const { readOnly, readOnlyLate, blocks, full } = outcomes[operation];

  crashCase("the state is read-only", readOnly, async () => {
    await using crash = await crashStack(operation);
    await setMode(crash.stack, 0o555);
    const broken = await crash.stack.run(["up", "--yes", "--skip-preview"], { through: bound });
    await setMode(crash.stack, 0o755);
    return `${ending(broken)}; ${await recover(crash, [broken])}`;
  });

  crashCase("the state is read-only from the test call on", readOnlyLate, async () => {
    await using crash = await crashStack(operation);
    const moment = crash.moments.asked("POST /chat/completions", 1);
    const broken = await upDuring(moment, crash.stack, () => setMode(crash.stack, 0o555), { through: bound });
    await setMode(crash.stack, 0o755);
    return `${ending(broken)}; ${await recover(crash, [broken])}`;
  });

  crashCase("the disk is full", full, async () => {
    await using crash = await crashStack(operation);
    const broken = await crash.stack.run(["up", "--yes", "--skip-preview"], { through: fullAt(blocks) });
    return `${ending(broken)}; ${await recover(crash, [broken])}`;
  });
});
