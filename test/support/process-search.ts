import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Whether this system shows the environment of processes, as Linux does. */
export const showsProcesses = existsSync("/proc/self/environ");

/** The processes with a text in their environment; none where the system does not show it. */
export function processesWith(text: string): string[] {
  if (!showsProcesses) return [];
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(text);
    } catch {
      return false; // The process has just ended, or belongs to another user.
    }
  });
}
