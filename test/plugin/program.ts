import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "../../examples/demo/engine/engine.ts";
import { createWorkspace } from "../../examples/demo/engine/workspace.ts";
import { Watched } from "../lifecycle/canary.ts";
import { root } from "../support/repository.ts";

/** What the program creates: connections by name, from wherever they have their keys. */
export interface Wanted {
  /** With a key of its own, each in clear text: Pulumi does not know it as a secret. */
  readonly clear?: Readonly<Record<string, string>>;
  /** Without a key or a base URL: the configuration has them. */
  readonly configured?: readonly string[];
  /** Without a key, from a provider that has one. */
  readonly explicit?: { readonly name: string; readonly apiKey: string };
  /** Imported with the key of the configuration. */
  readonly imported?: string;
  /** Looked up by an id, with the key of the configuration. */
  readonly got?: string;
  /** Whether to call the function. */
  readonly models?: boolean;
}

/** A Node program with generic resources, which knows the plugin by its names only. A program in any language is like it. */
const program = {
  "index.js": `
const pulumi = require("@pulumi/pulumi");
const { wanted, baseUrl } = JSON.parse(process.env.WANTED);
const type = "deepseek:index:DeepSeekConnection";
const outputs = { status: undefined, models: undefined, openai: undefined };
const connect = (name, args, opts) => {
  const connection = new pulumi.CustomResource(type, name, { ...outputs, ...args }, opts);
  exports[name] = { status: connection.status, openai: connection.openai };
};
for (const [name, apiKey] of Object.entries(wanted.clear ?? {})) connect(name, { apiKey, baseUrl, maxAttempts: 1 });
for (const name of wanted.configured ?? []) connect(name, {});
if (wanted.explicit) {
  const { name, apiKey } = wanted.explicit;
  const provider = new pulumi.ProviderResource("deepseek", "own", { apiKey: pulumi.secret(apiKey), baseUrl });
  connect(name, {}, { provider });
}
if (wanted.imported) connect(wanted.imported, {}, { import: "any-id" });
if (wanted.got) connect(wanted.got, {}, { id: "any-id" });
if (wanted.models) exports.models = pulumi.runtime.invoke("deepseek:index:getModels", {}).then(({ models }) => models);
`,
};

/** The environment in which an engine finds the built plugin. */
export function withPlugin(engine: Engine): { readonly PATH: string } {
  return { PATH: [fileURLToPath(new URL("dist/plugin", root)), engine.env["PATH"]].join(delimiter) };
}

/** A project whose engine finds the plugin on the PATH. Every command's output is recorded, to search it for keys. */
export class PluginProject {
  readonly watched: Watched;
  readonly #baseUrl: string;

  private constructor(watched: Watched, baseUrl: string) {
    this.watched = watched;
    this.#baseUrl = baseUrl;
  }

  static async start(engine: Engine, baseUrl: string): Promise<PluginProject> {
    const workspace = await createWorkspace({ engine, program, env: withPlugin(engine) });
    return new PluginProject(new Watched(workspace), baseUrl);
  }

  /** Runs a command with this program. @returns what it printed */
  run(wanted: Wanted, command: string, outcome: "works" | "fails" = "works"): Promise<string> {
    this.watched.env = { WANTED: JSON.stringify({ wanted, baseUrl: this.#baseUrl }) };
    return this.watched.run(command, outcome);
  }
}
