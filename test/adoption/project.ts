import { delimiter } from "node:path";
import { expect, inject } from "vitest";
import { type CommandResult, type Environment, lastLines, runCommand } from "../../examples/demo/engine/command.ts";
import { searchPath } from "../../examples/demo/engine/locate.ts";
import { createWorkspace, type Workspace } from "../../examples/demo/engine/workspace.ts";
import { type Manager, type ManagerName, managers } from "./managers.ts";
import { ownNode } from "./tools.ts";

/** A package.json without its name. */
type Manifest = Readonly<Record<string, unknown>>;

export interface ProjectOptions {
  readonly manager: ManagerName;
  /** The folder of Node's executable. @default the repository's own */
  readonly node?: string;
  readonly manifest: Manifest;
  readonly program: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Runs a command in a folder as a user would: without the environment variables of this repository's scripts. */
type Run = (command: readonly string[], cwd: string) => Promise<CommandResult>;

/** A user's Pulumi project in a temporary folder outside the repository, with all its dependencies installed. */
export class Project implements AsyncDisposable {
  readonly stack: Workspace;
  readonly #manager: Manager;
  readonly #run: Run;

  private constructor(stack: Workspace, manager: Manager, run: Run) {
    this.stack = stack;
    this.#manager = manager;
    this.#run = run;
  }

  static async create({ node = ownNode, config = {}, signal, ...options }: ProjectOptions): Promise<Project> {
    const manager = managers[options.manager];
    const env = outside(node);
    const run: Run = ([file = "", ...words], cwd) => runCommand(file, words, { cwd, env, signal });
    const stack = await createWorkspace({
      engine: inject("engine"),
      program: {
        ...manager.files(inject("registry")),
        "package.json": textOf(options.manifest),
        ...options.program,
      },
      config,
      env: { PATH: env.PATH },
      install: (folder) => install(manager, run, folder),
      signal,
    });
    return new Project(stack, manager, run);
  }

  /** Changes the program's package.json and installs its dependencies. */
  async change(manifest: Manifest): Promise<void> {
    await this.stack.write("package.json", textOf(manifest));
    await install(this.#manager, this.#run, this.stack.directory);
  }

  /** Runs `pulumi` as users of this package manager do. */
  pulumi(...parameters: readonly string[]): Promise<CommandResult> {
    return this.stack.run(parameters, { through: this.#manager.through });
  }

  /** Runs the command of an installed package. */
  exec(...command: readonly string[]): Promise<CommandResult> {
    return this.#run([...this.#manager.exec, ...command], this.stack.directory);
  }

  /** The package manager's complaints about the versions that this package is used with. */
  async unmetPeers(): Promise<string[]> {
    const { all } = await this.#run(this.#manager.peers, this.stack.directory);
    return all.split("\n").filter((line) => this.#manager.unmet.test(line));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stack.remove();
  }
}

function outside(node: string): Environment & { readonly PATH: string } {
  const { env } = inject("engine");
  const users = Object.entries(env).filter(([name]) => !/^(npm_|INIT_CWD$)/.test(name));
  return { ...Object.fromEntries(users), PATH: [node, inject("tools").pnpm, ...searchPath(env)].join(delimiter) };
}

function textOf(manifest: Manifest): string {
  return JSON.stringify({ name: "program", private: true, ...manifest });
}

/** The registry or the network sometimes fails, and not every package manager retries. */
const ATTEMPTS = 3;

/** A problem with the packages themselves fails every time. */
async function install(manager: Manager, run: Run, folder: string, attempt = 1): Promise<void> {
  const { code, all } = await run(manager.install, folder);
  if (code === 0) return;
  if (attempt === ATTEMPTS) expect.fail(all);
  await install(manager, run, folder, attempt + 1);
  console.warn(`Attempt ${attempt} at '${manager.install.join(" ")}' failed, a later one did not:\n${lastLines(all)}`);
}
