import { fileURLToPath } from "node:url";
import { freePort } from "../support/free-port.ts";
import { ensureGoTool, type GoTool } from "../support/go-tool.ts";
import { startServer } from "../support/server.ts";
import { ToxicProxy } from "./proxy.ts";

export const toxiproxyTool: GoTool = {
  name: "toxiproxy",
  purpose: "The tests of faults",
  module: fileURLToPath(new URL("go", import.meta.url)),
  from: "github.com/Shopify/toxiproxy/v2",
  source: "github.com/Shopify/toxiproxy/v2/cmd/server",
  versionVariable: "github.com/Shopify/toxiproxy/v2.Version",
};

/** A running toxiproxy, which listens on this machine only. */
export interface Toxiproxy extends AsyncDisposable {
  /** The URL of its API. */
  readonly url: string;
  /** Creates a proxy in front of a local server. */
  proxy(port: number): Promise<ToxicProxy>;
}

/**
 * Starts toxiproxy, and builds it first if necessary.
 *
 * @throws if it does not start, with the end of its output
 */
export async function startToxiproxy(progress: (line: string) => void): Promise<Toxiproxy> {
  const server = await ensureGoTool(toxiproxyTool, progress);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const command = [server, "-host", "127.0.0.1", "-port", String(port)];
  const stop = await startServer("toxiproxy", command, `${url}/version`, "Server finished with error");
  return { url, proxy: (upstream) => ToxicProxy.create(url, upstream), [Symbol.asyncDispose]: stop };
}
