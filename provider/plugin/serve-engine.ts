import { ConnectionPlugin } from "./connection-plugin.ts";
import { serve } from "./grpc-server.ts";
import schema from "./schema.json";

/** How often the plugin looks whether the engine is still there, in milliseconds. */
const LOOK_MS = 5_000;

/**
 * Serves the engine that has started this process: it has passed its own address, reads the port from the first line that is
 * printed, and kills the process at the end.
 *
 * @throws Error if there is no free port
 */
export async function serveEngine(): Promise<void> {
  const plugin = new ConnectionPlugin(schema);
  const address = process.argv.slice(2).find((argument) => /^[\w.[\]:]+:\d+$/.test(argument));
  if (address !== undefined) plugin.connect(address);

  const { ppid } = process;
  // An engine that was killed ends nothing. A process without a parent would keep the key in memory for ever.
  setInterval(() => process.ppid !== ppid && process.exit(), LOOK_MS).unref();

  const { port } = await serve(plugin);
  console.log(String(port));
}
