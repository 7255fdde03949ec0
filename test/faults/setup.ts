import { ensureGoTool } from "../support/go-tool.ts";
import { toxiproxyTool } from "./toxiproxy.ts";

/** Builds toxiproxy once, before two files would build it in parallel. */
export async function setup(): Promise<void> {
  await ensureGoTool(toxiproxyTool, console.log);
}
