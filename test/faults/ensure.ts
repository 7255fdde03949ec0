import { fileURLToPath } from "node:url";
import type { Environment } from "../engine/command.ts";
import { ensureGoTool } from "../engine/go-tool.ts";

const tool = {
  name: "toxiproxy",
  user: "the tests of faults",
  module: fileURLToPath(new URL("go", import.meta.url)),
  origin: "github.com/Shopify/toxiproxy/v2",
  source: "github.com/Shopify/toxiproxy/v2/cmd/server",
  versionVariable: "github.com/Shopify/toxiproxy/v2.Version",
  versionFlag: "-version",
};

/** The path of toxiproxy's server, which is built where that was never done; see `ensureGoTool`. */
export function ensureToxiproxy(
  progress: (line: string) => void,
  environment?: Environment,
  cache?: string,
): Promise<string> {
  return ensureGoTool(tool, progress, environment, cache);
}
