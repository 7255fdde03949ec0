import type { Engine } from "../../examples/demo/engine/engine.ts";
import { withPlugin } from "../plugin/program.ts";
import { oneConnection } from "../support/programs.ts";

/** What differs between the two ways in which a program has a connection. */
export interface Shell {
  /** For the titles of tests. */
  readonly name: string;
  /** A program with one connection, which has the key of the configuration. */
  readonly program: Readonly<Record<string, string>>;
  /** The stack's configuration besides the key. */
  readonly config: (url: string) => Readonly<Record<string, string>>;
  /** Added to the engine's environment. */
  readonly env: (engine: Engine) => Readonly<Record<string, string>>;
  /** Whether the program probes the connection before the provider does. */
  readonly hasPreflight: boolean;
}

/** The file of each program that makes its plugin report its process id. */
export const notePlugin = "note-plugin.cjs";
const notes = {
  [notePlugin]: `
if (/dynamic-provider|pulumi-resource-deepseek/.test(process.argv[1])) {
  require("node:fs").writeFileSync(process.env.PLUGIN_PID, String(process.pid));
}`,
};

/** The resource of the TypeScript package. Its provider runs in Pulumi's process of dynamic resources. */
export function dynamicShell(args?: string, opts?: string): Shell {
  return {
    name: "a dynamic resource",
    program: { ...oneConnection(args, opts), ...notes },
    config: (url) => ({ url }),
    env: () => ({}),
    hasPreflight: true,
  };
}

/** A generic resource of the plugin, as a program in any language has it. */
export const pluginShell: Shell = {
  name: "a resource of the plugin",
  program: {
    "index.js": `
const pulumi = require("@pulumi/pulumi");
const outputs = { apiKey: undefined, status: undefined, openai: undefined };
const connection = new pulumi.CustomResource("deepseek:index:DeepSeekConnection", "main", outputs);
for (const name of Object.keys(outputs)) exports[name] = connection[name];
`,
    ...notes,
  },
  config: (url) => ({ "deepseek:baseUrl": url }),
  env: withPlugin,
  hasPreflight: false,
};
