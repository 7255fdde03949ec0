import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** One line of the process table; `session` is absent if the system does not provide it. */
interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly session?: number;
}

/**
 * Kills a process and all its descendants immediately. Killing its process group is not enough: the Pulumi CLI gives
 * each plugin its own group, and a plugin whose engine was killed runs on for minutes.
 *
 * @param leader the pid of a child spawned with `detached`, which leads a session that its descendants share. It may
 *   have ended already: its descendants are found by the session.
 */
export function killFamily(leader: number): void {
  // A process that is started while the table is read is found in the next round.
  for (let round = 1; round <= 3; round++) {
    const killed = [...family(leader, processTable())].filter(kill);
    if (killed.length === 0) return;
  }
}

/** Whether there was such a process. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

function family(leader: number, rows: readonly Row[]): Set<number> {
  const members = new Set([leader]);
  // Repeated until a round finds no further process, since parents may be listed after their children.
  for (let before = 0; before < members.size; ) {
    before = members.size;
    for (const { pid, parent, session } of rows) if (session === leader || members.has(parent)) members.add(pid);
  }
  return members;
}

/** On Linux this reads /proc, since slim images have no `ps`; other systems have it. */
function processTable(): Row[] {
  if (!existsSync("/proc/self/stat")) {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
    return lines.map((line) => {
      const [pid, parent] = line.trim().split(/\s+/).map(Number);
      return { pid: pid ?? 0, parent: parent ?? 0 };
    });
  }
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The command's name, in parentheses, may contain anything. It is followed by state, parent, group and session.
      const [, parent, , session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return [{ pid: Number(pid), parent: Number(parent), session: Number(session) }];
    } catch {
      return []; // It ended while we looked.
    }
  });
}
