import { fill, type MessageText, printed } from "./core/message-text.ts";

// This module must load on any Node, so it must not import a dependency, nor a module that does.

/** The message on a Node that is too old. */
export const nodeMessages = {
  "node-too-old": {
    text: "‹program› needs Node.js ‹needed› or newer, and ‹path› is Node.js ‹version›. Install a newer Node.js, put it first on the PATH, and run the command again.",
  },
} as const satisfies Readonly<Record<string, MessageText>>;

/**
 * Says that Node is too old for a program, and what to do; nothing if it is not.
 *
 * @param needed the oldest version that works, such as `22.19.0`
 * @param version the version of Node
 */
export function nodeProblem(program: string, needed: string, version: string): string | undefined {
  if (version.localeCompare(needed, "en", { numeric: true }) >= 0) return undefined;
  const code = "node-too-old";
  const values = { program, needed, path: process.execPath, version };
  return printed({ code, text: fill(nodeMessages[code].text, values) });
}
