import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe } from "vitest";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import { crashCase } from "./case.ts";
import { crashStack, type Operation } from "./crash-stack.ts";
import { upDuring } from "./interfere.ts";
import { ending, recover } from "./recovery.ts";

/* The state cannot be written. The engine retries for half a minute without much work, so the cases run in parallel. */

/** Root ignores file modes unless it drops that capability. Other users need no wrapper. */
const bound = process.getuid?.() === 0 ? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] : [];

async function setMode(stack: Workspace, mode: number): Promise<void> {
  const state = join(stack.root, "backend", ".pulumi");
  const entries = await readdir(state, { recursive: true, withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  for (const folder of [state, ...folders]) await chmod(folder, mode);
}

/**
 * Limits the size of each file to this number of blocks of 512 bytes. This simulates a full disk, which users cannot create
 * without special rights. The effect for the engine is the same: an incomplete write.
 */
const fullAt = (blocks: number) => ["sh", "-c", `ulimit -f ${blocks} && exec "$@"`, "sh"];

interface Outcomes {
  readonly readOnly: string;
  readonly readOnlyLate: string;
  /** The size at which the start of the operation can be written, but not its result. */
  readonly blocks: number;
  readonly full: string;
}

// Pulumi replaces the complete file by the incomplete one, and keeps the complete one as a backup.
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

  crashCase("the state becomes read-only during the test call", readOnlyLate, async () => {
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
