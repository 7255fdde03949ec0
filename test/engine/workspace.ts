import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type CommandResult, lastLines, runCommand } from "./command.ts";
import type { Engine } from "./engine.ts";
import { onInterruption } from "./interruption.ts";

const nodeModules = fileURLToPath(new URL("../../node_modules", import.meta.url));

export interface WorkspaceOptions {
  readonly engine: Engine;
  /** The program's files by name; `index.js` is the program unless a `package.json` among them says otherwise. */
  readonly program: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** Added to the engine's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A Pulumi project with a stack `dev` and a file backend in a temporary folder: no account, nothing outside of it. */
export class Workspace implements AsyncDisposable {
  /** The temporary folder: the program and, beside it, the backend. */
  readonly root: string;
  /** The folder of the program. */
  readonly directory: string;
  readonly #engine: Engine;
  readonly #withdraw: () => void;

  constructor(engine: Engine, root: string) {
    this.root = root;
    this.directory = join(root, "program");
    this.#engine = engine;
    this.#withdraw = onInterruption(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));
  }

  /** Writes a file of the program, for example a new version of it. */
  async write(name: string, content: string): Promise<void> {
    await writeFile(join(this.directory, name), content);
  }

  /** Runs `pulumi` and gives what it printed, whether it worked or not. */
  run(parameters: readonly string[], { env = {} }: RunOptions = {}): Promise<CommandResult> {
    return runCommand(this.#engine.pulumi, [...parameters, "--non-interactive", "--color", "never"], {
      cwd: this.directory,
      env: {
        ...this.#engine.env,
        PULUMI_BACKEND_URL: pathToFileURL(join(this.root, "backend")).href,
        PULUMI_CONFIG_PASSPHRASE: "a passphrase for tests",
        PULUMI_STACK: "dev",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        ...env,
      },
    });
  }

  preview(...flags: string[]): Promise<CommandResult> {
    return this.run(["preview", ...flags]);
  }

  up(...flags: string[]): Promise<CommandResult> {
    return this.run(["up", "--yes", ...flags]);
  }

  refresh(...flags: string[]): Promise<CommandResult> {
    // Pulumi refuses a confirmation where there is nothing to confirm.
    const confirmed = flags.includes("--preview-only") ? [] : ["--yes"];
    return this.run(["refresh", ...confirmed, ...flags]);
  }

  destroy(...flags: string[]): Promise<CommandResult> {
    return this.run(["destroy", "--yes", ...flags]);
  }

  async setConfig(key: string, value: string, { secret = false } = {}): Promise<void> {
    await this.#succeed(["config", "set", ...(secret ? ["--secret"] : []), key, value]);
  }

  /** The stack's outputs. */
  async outputs({ showSecrets = false } = {}): Promise<Readonly<Record<string, unknown>>> {
    const flags = showSecrets ? ["--show-secrets"] : [];
    return JSON.parse((await this.#succeed(["stack", "output", "--json", ...flags])).stdout);
  }

  /** What `pulumi stack export` prints: the state, with secrets as ciphertext. */
  async exportStack(): Promise<string> {
    return (await this.#succeed(["stack", "export"])).stdout;
  }

  /** Every file in the workspace by its path, without what is linked: where a leak is searched. */
  async files(): Promise<ReadonlyMap<string, Buffer>> {
    const entries = await readdir(this.root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file)] as const)));
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true, maxRetries: 3 });
    this.#withdraw();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }

  async #succeed(parameters: readonly string[]): Promise<CommandResult> {
    const result = await this.run(parameters);
    if (result.code === 0) return result;
    throw new Error(`'pulumi ${parameters.slice(0, 2).join(" ")}' failed: ${lastLines(result.all)}`);
  }
}

/** Makes a workspace whose program finds this package, and Pulumi's SDK, where this repository has them. */
export async function createWorkspace({ engine, program }: WorkspaceOptions): Promise<Workspace> {
  const workspace = new Workspace(engine, await mkdtemp(join(tmpdir(), "pulumi-deepseek-")));
  for (const folder of ["program", "backend"]) await mkdir(join(workspace.root, folder));
  await symlink(nodeModules, join(workspace.directory, "node_modules"), "junction");
  const standard = {
    "Pulumi.yaml": "name: test\nruntime: nodejs\n",
    "package.json": JSON.stringify({ name: "program", private: true, main: "index.js" }),
  };
  for (const [name, content] of Object.entries({ ...standard, ...program })) await workspace.write(name, content);
  const { code, all } = await workspace.run(["stack", "init", "dev"]);
  if (code !== 0) throw new Error(`The stack could not be made: ${lastLines(all)}`);
  return workspace;
}
