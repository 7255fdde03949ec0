// `npm run plugin`: builds the plugin.
import { buildPlugin } from "./plugin-bundle.ts";

console.log(`The plugin is in ${await buildPlugin()}\nPut that folder on the PATH, so that Pulumi finds it.`);
