import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, inject } from "vitest";
import { type CommandResult, type Environment, runCommand } from "../engine/command.ts";
import { searchPath } from "../engine/locate.ts";
import { createWorkspace, type Workspace } from "../engine/workspace.ts";
import { type Manager, type ManagerName, managers } from "./managers.ts";
import { ownNode } from "./node.ts";

export interface ProjectOptions {
  readonly manager: ManagerName;
  /** The folder of Node's executable. @default the repository's own */
  readonly node?: string;
  /** What the program's package.json says. */
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly program: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The folder of its executable. */
const pnpm = fileURLToPath(new URL("../../node_modules/pnpm", import.meta.url));

/** A user's Pulumi project, in a temporary folder, with all that it depends on installed. */
export class Project implements AsyncDisposable {
  readonly #manager: Manager;
  readonly #env: Environment;
  readonly #signal: AbortSignal;
  stack!: Workspace;
  /** What the package manager said of the last installation. */
  installed = "";

  private constructor({ manager, node = ownNode, signal }: ProjectOptions) {
    this.#manager = managers[manager];
    this.#signal = signal;
    const { env } = inject("engine");
    // npm's scripts tell their children of this repository.
    const outside = Object.entries(env).filter(([name]) => !/^(npm_|INIT_CWD$|CI$)/.test(name));
    const PATH = [node, pnpm, ...searchPath(env)].join(delimiter);
    this.#env = { ...Object.fromEntries(outside), PATH };
  }

  static async create(options: ProjectOptions): Promise<Project> {
    const project = new Project(options);
    const { manifest, program, config = {}, signal } = options;
    project.stack = await createWorkspace({
      engine: inject("engine"),
      program: {
        ...project.#manager.files(inject("registry")),
        "package.json": JSON.stringify({ name: "program", private: true, ...manifest }),
        ...program,
      },
      config,
      env: { PATH: project.#env["PATH"] ?? "" },
      install: (folder) => project.#install(folder),
      signal,
    });
    return project;
  }

  /** Changes the program's package.json, and installs what it says. */
  async change(manifest: Readonly<Record<string, unknown>>): Promise<void> {
    await this.stack.write("package.json", JSON.stringify({ name: "program", private: true, ...manifest }));
    await this.#install(this.stack.directory);
  }

  /** Runs `pulumi` the way that users of this package manager do. */
  pulumi(...parameters: readonly string[]): Promise<CommandResult> {
    return this.stack.run(parameters, { through: this.#manager.through });
  }

  /** Runs the command of an installed package. */
  exec(...command: readonly string[]): Promise<CommandResult> {
    return this.#run([...this.#manager.exec, ...command], this.stack.directory);
  }

  /** What the package manager says of the peer dependencies that are not met. */
  async unmetPeers(): Promise<string[]> {
    const { all } = await this.#run(this.#manager.peers, this.stack.directory);
    return all.split("\n").filter((line) => /✕|✘|invalid|missing|UNMET(?! OPTIONAL)/.test(line));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stack.remove();
  }

  async #install(folder: string): Promise<void> {
    const { code, all } = await this.#run(this.#manager.install, folder);
    expect(code, all).toBe(0);
    this.installed = all;
  }

  #run([file = "", ...parameters]: readonly string[], cwd: string): Promise<CommandResult> {
    return runCommand(file, parameters, { cwd, env: this.#env, signal: this.#signal });
  }
}
