import type { CommandResult } from "../../examples/demo/engine/command.ts";
import type { Engine } from "../../examples/demo/engine/engine.ts";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import type { Bag } from "../../provider/core/values.ts";
import { codesIn, type Program, type Shown, type Stack } from "./stack.ts";

/** A program that reads its inputs from a file. Inputs that a preview must not know come from another resource. */
const programWith = (connect: string) => ({
  "index.js": `
const pulumi = require("@pulumi/pulumi");
const { inputs, unknown } = require("./wanted.json");
const maker = { create: async ({ given }) => ({ id: "made", outs: { made: given } }) };
class Made extends pulumi.dynamic.Resource {
  constructor(name, given) { super(maker, name, { given, made: undefined }); }
}
for (const name of unknown) inputs[name] = new Made(name, inputs[name]).made;
${connect}
`,
});

/** The resource of the TypeScript package, and a generic one of the plugin, as a program in any language has it. */
const programs = {
  dynamic: programWith(`new (require("pulumi-deepseek").DeepSeekConnection)("main", inputs);`),
  plugin: programWith(`new pulumi.CustomResource("deepseek:index:DeepSeekConnection", "main", inputs);`),
};

/** The real engine with the resource itself: its constructor, preflight and dynamic shell; or with the plugin. */
export class RealEngine implements Stack {
  readonly #workspace: Workspace;
  #configuredVerify: string | undefined;
  #exported: { readonly file: string; readonly content: Exported } | undefined;

  private constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** @param env what the engine's environment has besides; for the plugin, a PATH that has it */
  static async start(engine: Engine, shell: keyof typeof programs = "dynamic", env = {}): Promise<RealEngine> {
    return new RealEngine(await createWorkspace({ engine, program: programs[shell], env }));
  }

  preview(wanted: Program): Promise<Shown> {
    return this.#run(wanted, ["preview"]);
  }

  up(wanted: Program): Promise<Shown> {
    return this.#run(wanted, ["up", "--yes", "--skip-preview"]);
  }

  async refresh(): Promise<Shown> {
    return shown(await this.#workspace.refresh("--skip-preview"));
  }

  async destroy(): Promise<Shown> {
    return shown(await this.#workspace.destroy("--skip-preview"));
  }

  async state(): Promise<Bag | undefined> {
    // The CLI takes half as long to decrypt a file as for a preview, so the same file is not read twice.
    const file = await this.#workspace.state();
    if (this.#exported?.file !== file) this.#exported = { file, content: await this.#export("--show-secrets") };
    const { outputs } = connectionIn(this.#exported.content) ?? {};
    if (outputs === undefined) return undefined;
    const { __provider, ...state } = outputs;
    return revealed(state) as Bag;
  }

  async overwrite(change: Bag): Promise<void> {
    const exported = await this.#export();
    Object.assign(connectionIn(exported)?.outputs ?? {}, change);
    const { code, all } = await this.#workspace.run(["stack", "import"], { input: JSON.stringify(exported) });
    if (code !== 0) throw new Error(`The state could not be changed:\n${all}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#workspace.remove();
  }

  async #run({ inputs, unknown = [], ambientKey, configuredVerify }: Program, command: readonly string[]) {
    await this.#workspace.write("wanted.json", JSON.stringify({ inputs, unknown }));
    if (configuredVerify !== this.#configuredVerify) {
      const [verb, value] = configuredVerify === undefined ? ["rm", []] : ["set", [configuredVerify]];
      await this.#workspace.run(["config", verb, "deepseek:verify", ...value]);
      this.#configuredVerify = configuredVerify;
    }
    const env = ambientKey === undefined ? {} : { DEEPSEEK_API_KEY: ambientKey };
    return shown(await this.#workspace.run(command, { env }));
  }

  async #export(...flags: string[]): Promise<Exported> {
    const { code, stdout, all } = await this.#workspace.run(["stack", "export", ...flags]);
    if (code !== 0) throw new Error(`The state could not be read:\n${all}`);
    return JSON.parse(stdout) as Exported;
  }
}

/** The parts of `pulumi stack export` that are used. */
interface Exported {
  readonly deployment: {
    readonly resources?: readonly { readonly urn: string; readonly outputs: Record<string, unknown> }[];
  };
}

function connectionIn({ deployment }: Exported) {
  return deployment.resources?.find(({ urn }) => urn.endsWith(":DeepSeekConnection::main"));
}

/** An exported secret: an object that contains the value as JSON. */
function revealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  if ("plaintext" in value) return JSON.parse(String(value.plaintext));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, revealed(part)]));
}

function shown({ code, all }: CommandResult): Shown {
  const says = codesIn(all, (line) => {
    return line.includes("error: ") ? "error" : line.includes("warning: ") ? "warning" : "info";
  });
  return {
    passed: code === 0,
    hasChanges: /^ *[-+~] .*:DeepSeekConnection main (?!refreshing)/m.test(all),
    says,
    text: all,
  };
}
