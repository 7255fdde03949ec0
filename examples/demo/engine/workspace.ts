import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type CommandResult, runCommand } from "./command.ts";
import type { Engine } from "./engine.ts";
import { onInterruption } from "./interruption.ts";
import { layOut, type Program, readAll, removeNow } from "./program.ts";

export interface WorkspaceOptions {
  readonly engine: Engine;
  readonly program: Program;
  /** The project's name. @default "test" */
  readonly name?: string;
  /** The stack's configuration; a name without a namespace gets the project's. For secrets, use `setConfig`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Installs the program's dependencies into its folder. @default a link to this repository's */
  readonly install?: (folder: string) => Promise<void>;
  /** Added to the engine's environment in every command. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Kills the running command and its plugins. Pass a test's own signal, so that a timeout leaves no processes behind.
   */
  readonly signal?: AbortSignal;
}

interface CommonOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The command's standard input. */
  readonly input?: string | undefined;
  /** Kills this command and its plugins. */
  readonly signal?: AbortSignal | undefined;
}

interface ExecuteOptions extends CommonOptions {
  /** The folder in which the command is started. @default the program's */
  readonly cwd?: string;
}

export interface RunOptions extends CommonOptions {
  /** A command that sets something up and then executes `pulumi`, such as `setpriv` with its flags. */
  readonly through?: readonly string[];
}

/** A Pulumi project with the stack `dev`, in a temporary folder to which the CLI writes all its files. */
export class Workspace implements AsyncDisposable {
  /** The temporary folder. */
  readonly root: string;
  /** The program's folder in it. */
  readonly directory: string;
  readonly #project: string;
  readonly #pulumi: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #removed = new AbortController();
  readonly #signal: AbortSignal;
  readonly #withdraw: () => void;

  /** Use `createWorkspace`, which also fills the folder. */
  constructor(root: string, { engine, name = "test", env, signal }: WorkspaceOptions) {
    this.root = root;
    this.directory = join(root, "program");
    this.#project = name;
    this.#pulumi = engine.pulumi;
    this.#signal = AbortSignal.any([this.#removed.signal, ...(signal === undefined ? [] : [signal])]);
    this.#env = {
      ...engine.env,
      // The CLI keeps logs and the selected stack there. Tests must neither change nor see the user's own.
      PULUMI_HOME: join(root, "home"),
      PULUMI_BACKEND_URL: pathToFileURL(join(root, "backend")).href,
      // Random, so that nobody can read the secrets that a killed process leaves behind.
      PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
      PULUMI_STACK: "dev",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      TMPDIR: join(root, "tmp"),
      ...env,
    };
    this.#withdraw = onInterruption(() => removeNow(root));
  }

  /** Runs `pulumi`. Does not throw if it fails: the result has the exit code and the output. */
  run(parameters: readonly string[], { through = [], ...options }: RunOptions = {}): Promise<CommandResult> {
    // Global flags go first, since the parameters may contain a `--`.
    return this.execute([...through, this.#pulumi, "--non-interactive", "--color", "never", ...parameters], options);
  }

  /**
   * Runs any command in the environment of `pulumi`, such as a program that uses Pulumi's Automation API.
   *
   * @param words the command and its parameters
   */
  execute(
    [file = "", ...parameters]: readonly string[],
    { cwd = this.directory, env, input, signal }: ExecuteOptions = {},
  ): Promise<CommandResult> {
    return runCommand(file, parameters, {
      cwd,
      input,
      env: { ...this.#env, ...env },
      signal: signal === undefined ? this.#signal : AbortSignal.any([this.#signal, signal]),
    });
  }

  preview(...flags: string[]): Promise<CommandResult> {
    return this.run(["preview", ...flags]);
  }

  /** Includes the preview, as users run it. */
  up(...flags: string[]): Promise<CommandResult> {
    return this.run(["up", "--yes", ...flags]);
  }

  refresh(...flags: string[]): Promise<CommandResult> {
    // Pulumi refuses `--yes` if there is nothing to confirm.
    const confirmed = flags.includes("--preview-only") ? [] : ["--yes"];
    return this.run(["refresh", ...confirmed, ...flags]);
  }

  destroy(...flags: string[]): Promise<CommandResult> {
    return this.run(["destroy", "--yes", ...flags]);
  }

  /** The stack's outputs. Secrets are shown as `[secret]` unless `showSecrets` is set. */
  async outputs({ showSecrets = false } = {}): Promise<Readonly<Record<string, unknown>>> {
    return JSON.parse(await this.#read(["stack", "output", "--json", ...(showSecrets ? ["--show-secrets"] : [])]));
  }

  /** The state's file. */
  state(): Promise<string> {
    return readFile(join(this.root, "backend", ".pulumi", "stacks", this.#project, "dev.json"), "utf8");
  }

  /** What `pulumi stack export` prints. */
  exportStack(): Promise<string> {
    return this.#read(["stack", "export"]);
  }

  async setConfig(key: string, value: string, { secret = false } = {}): Promise<void> {
    // Secrets go to standard input, since everyone on the machine can see parameters.
    if (secret) await this.#read(["config", "set", "--secret", "--", key], value);
    else await this.#read(["config", "set", "--plaintext", "--", key, value]);
  }

  /** Writes a file of the program, such as a new version of it. */
  async write(file: string, content: string): Promise<void> {
    const path = join(this.directory, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }

  /** Every file that the program and the CLI wrote, by its path below `root`, to search for leaked secrets. */
  files(): Promise<ReadonlyMap<string, Buffer>> {
    return readAll(this.root);
  }

  /** Kills all running processes and removes the folder. */
  async remove(): Promise<void> {
    this.#removed.abort();
    await rm(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    this.#withdraw();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }

  /** The output of a command that is expected to work. */
  async #read(parameters: readonly string[], input?: string): Promise<string> {
    const { code, stdout, all } = await this.run(parameters, { input });
    if (code !== 0) throw new Error(`'pulumi ${parameters.slice(0, 2).join(" ")}' failed:\n${all}`);
    return stdout;
  }
}

/** Creates a project with an empty stack `dev`. Takes about half a second. Any number of them can run in parallel. */
export async function createWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const workspace = new Workspace(await mkdtemp(join(tmpdir(), "pulumi-deepseek-")), options);
  try {
    for (const folder of ["program", "backend", "tmp"]) await mkdir(join(workspace.root, folder));
    await layOut(workspace.directory, options);
    const { code, all } = await workspace.run(["stack", "init", "dev", "--no-select"]);
    if (code !== 0) throw new Error(`The stack could not be created:\n${all}`);
    return workspace;
  } catch (error) {
    await workspace.remove();
    throw error;
  }
}
