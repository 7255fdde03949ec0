import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGoProgram, findGo } from "../../examples/demo/engine/go.ts";
import type { Workspace } from "../../examples/demo/engine/workspace.ts";
import { read } from "../support/repository.ts";

/** What a program creates: connections by name, from wherever they have their keys. */
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

/** A language of Pulumi, with a program that creates what is wanted. It has generic resources, so it needs no SDK of ours. */
export interface Language {
  readonly name: string;
  /** The files of the program, which reads from the variable `WANTED` what to create. */
  files(): Promise<Readonly<Record<string, string>>>;
  /** The file that says what to create, in a language without variables of the environment. */
  declaration?(wanted: Wanted, baseUrl: string): readonly [file: string, content: string];
  /** Prepares a way to execute commands in a workspace. @default the CLI, which runs the program */
  executeIn?(workspace: Workspace): Promise<Workspace["run"]>;
  /** Flags with which `preview` is executed. */
  readonly previewFlags: readonly string[];
  /** Pulumi's debug switches with which its SDK for the language prints no secrets. The one for Node.js prints all of them. */
  readonly safeSwitches: readonly string[];
}

const type = "deepseek:index:DeepSeekConnection";
const previewFlags = ["--diff --save-plan plan.json", "--json"];
const programs = (path: string) => fileURLToPath(new URL(`programs/${path}`, import.meta.url));

export const node: Language = {
  name: "Node.js",
  previewFlags,
  safeSwitches: [],
  files: async () => ({
    "index.js": `
const pulumi = require("@pulumi/pulumi");
const { wanted, baseUrl } = JSON.parse(process.env.WANTED);
const outputs = { status: undefined, models: undefined, openai: undefined };
const connect = (name, args, opts) => {
  const connection = new pulumi.CustomResource("${type}", name, { ...outputs, ...args }, opts);
  exports[name + "-status"] = connection.status;
  exports[name + "-openai"] = connection.openai;
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
  }),
};

export const python: Language = {
  name: "Python",
  previewFlags,
  safeSwitches: ["--debug"],
  files: async () => ({
    "Pulumi.yaml": "name: test\nruntime: python\n",
    "__main__.py": await readFile(programs("python/__main__.py"), "utf8"),
  }),
};

export const yaml: Language = {
  name: "YAML",
  previewFlags,
  safeSwitches: ["--debug"],
  files: async () => ({}),
  declaration: (wanted, baseUrl) => {
    const { clear = {}, configured = [], explicit, imported, got, models } = wanted;
    const connections: Readonly<Record<string, object>> = {
      ...Object.fromEntries(
        Object.entries(clear).map(([name, apiKey]) => [name, { properties: { apiKey, baseUrl, maxAttempts: 1 } }]),
      ),
      ...Object.fromEntries(configured.map((name) => [name, {}])),
      ...(explicit && { [explicit.name]: { options: { provider: `\${own-provider}` } } }),
      ...(imported && { [imported]: { options: { import: "any-id" } } }),
      ...(got && { [got]: { get: { id: "any-id" } } }),
    };
    const resources = Object.entries(connections).map(([name, declared]) => [name, { type, ...declared }]);
    const provider = explicit && {
      "own-provider": {
        type: "pulumi:providers:deepseek",
        name: "own",
        properties: { apiKey: { "fn::secret": explicit.apiKey }, baseUrl },
      },
    };
    const outputs = Object.keys(connections).flatMap((name) => [
      [`${name}-status`, `\${${name}.status}`],
      [`${name}-openai`, `\${${name}.openai}`],
    ]);
    const call = { "fn::invoke": { function: "deepseek:index:getModels", arguments: {}, return: "models" } };
    const program = {
      name: "test",
      runtime: "yaml",
      resources: { ...provider, ...Object.fromEntries(resources) },
      outputs: { ...Object.fromEntries(outputs), ...(models && { models: call }) },
    };
    // JSON is YAML.
    return ["Pulumi.yaml", JSON.stringify(program, null, 2)];
  },
};

/** The commands that a program with the Automation API executes by itself. */
const inline = new Set(["preview", "up", "refresh", "destroy"]);

export const go: Language = {
  name: "Go, by the Automation API",
  previewFlags: ["--diff --save-plan plan.json"],
  safeSwitches: ["--debug"],
  files: async () => ({
    "main.go": await readFile(programs("go/main.go"), "utf8"),
    // The same SDK as in the example.
    "go.mod": read("examples/languages/go/go.mod"),
    "go.sum": read("examples/languages/go/go.sum"),
  }),
  executeIn: async (workspace) => {
    const executable = join(workspace.directory, "inline");
    const program = { name: "the Go program", module: workspace.directory, source: "." };
    await buildGoProgram(await findGo(process.env), program, executable, workspace.root, process.env, console.log);
    return ([verb = "", ...flags], options) =>
      inline.has(verb)
        ? workspace.execute([executable, verb, ...flags], options)
        : workspace.run([verb, ...flags], options);
  },
};
