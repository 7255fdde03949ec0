import { createRequire } from "node:module";
import { fill, type MessageText, printed } from "../provider/core/message-text.ts";

// This module must load on any Node, so it must not import a dependency, nor a module that does.

/** The message on a Node that is too old. */
export const nodeMessages = {
  "node-too-old": {
    text: "pulumi-deepseek needs Node.js ‹needed› or newer, and ‹path› is Node.js ‹version›. Install a newer Node.js, then run the command again.",
  },
} as const satisfies Readonly<Record<string, MessageText>>;

/**
 * Says that Node is too old, and what to do; nothing if it is not.
 *
 * @param version of Node, such as `22.19.0`
 */
export function nodeProblem(version: string): string | undefined {
  const { engines } = createRequire(__filename)("pulumi-deepseek/package.json") as {
    readonly engines: { readonly node: string };
  };
  const needed = engines.node.replace(">=", "");
  if (!isOlder(version, needed)) return undefined;
  const code = "node-too-old";
  return printed({ code, text: fill(nodeMessages[code].text, { needed, path: process.execPath, version }) });
}

function isOlder(version: string, needed: string): boolean {
  return version.localeCompare(needed, "en", { numeric: true }) < 0;
}
