import "./required-node.ts";
import { ConnectionPlugin } from "./connection-plugin.ts";
import { serve } from "./grpc-server.ts";
import schema from "./schema.json";

/*
 * The process `pulumi-resource-deepseek`. The engine starts it with its own address, reads the port from the first line that it
 * prints, and kills it at the end.
 */

/** How often the plugin looks whether the engine is still there, in milliseconds. */
const LOOK_MS = 5_000;

const plugin = new ConnectionPlugin(schema);
const address = process.argv.slice(2).find((argument) => /^[\w.[\]:]+:\d+$/.test(argument));
if (address !== undefined) plugin.connect(address);

const { ppid } = process;
// An engine that was killed ends nothing. A process without a parent would keep the key in memory for ever.
setInterval(() => process.ppid !== ppid && process.exit(), LOOK_MS).unref();

serve(plugin).then(
  ({ port }) => console.log(String(port)),
  ({ message }: Error) => {
    console.error(`pulumi-resource-deepseek could not start: ${message}`);
    process.exit(1);
  },
);
