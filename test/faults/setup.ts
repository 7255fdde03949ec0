import { ensureGoTool } from "../support/go-tool.ts";
import { toxiproxyTool } from "./toxiproxy.ts";

/** Builds toxiproxy where that was never done, before two files would do it at once. */
export async function setup(): Promise<void> {
  await ensureGoTool(toxiproxyTool, console.log);
}
