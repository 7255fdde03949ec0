import { constants } from "node:fs";
import { access, mkdtemp, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type Environment, lastLines, runCommand } from "./command.ts";

/** The executables that a Node program with dynamic resources needs. */
export const executables = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"] as const;

export interface Located {
  /** The absolute path of the CLI. */
  readonly pulumi: string;
  /** The folder of the engine's other executables, if they are not on the PATH. */
  readonly bin: string;
  /** Such as `3.274.1`. */
  readonly version: string;
}

/**
 * Finds the engine that is installed on this machine.
 *
 * @throws Error that says whether it is missing, incomplete or older than `minimum`
 */
export async function locateOnPath(minimum: string, environment: Environment): Promise<Located> {
  const folders = searchPath(environment);
  const pulumi = await findExecutable("pulumi", folders);
  if (pulumi === undefined) throw new Error("there is no 'pulumi' on it");
  const bin = dirname(await realpath(pulumi));
  const version = await checkEngine(pulumi, [...folders, bin], environment);
  if (isOlder(version, minimum)) throw new Error(`${pulumi} is version ${version}, older than ${minimum}`);
  return { pulumi, bin, version };
}

/** Finds the engine in one folder. @throws Error if it is missing or incomplete, or does not run */
export async function locateIn(bin: string, environment: Environment): Promise<Located> {
  const pulumi = join(bin, "pulumi");
  return { pulumi, bin, version: await checkEngine(pulumi, [bin], environment) };
}

/** The PATH's folders, except npm's, where `pulumi` is a script that downloads the engine. */
export function searchPath(environment: Environment): string[] {
  const folders = (environment["PATH"] ?? "").split(delimiter);
  return folders.filter((folder) => folder !== "" && !/[\\/]node_modules[\\/]\.bin[\\/]?$/.test(folder));
}

export async function findExecutable(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const file = join(folder, name);
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

/** Checks that the engine is complete and runs. @returns its version */
async function checkEngine(pulumi: string, folders: readonly string[], environment: Environment): Promise<string> {
  for (const name of executables) {
    if ((await findExecutable(name, folders)) === undefined) throw new Error(`'${name}' is missing next to ${pulumi}`);
  }
  // Every command of the CLI writes a log to its home and removes old logs there. The user's must not be removed.
  const home = await mkdtemp(join(tmpdir(), "pulumi-version-"));
  try {
    const env = { ...environment, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const { code, stdout, all } = await runCommand(pulumi, ["version"], { env });
    const version = /^v?(\d+\.\d+\.\d+\S*)$/m.exec(stdout)?.[1];
    if (code !== 0 || version === undefined) throw new Error(`'${pulumi} version' failed: ${lastLines(all)}`);
    return version;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

function isOlder(version: string, minimum: string): boolean {
  return version.localeCompare(minimum, "en", { numeric: true }) < 0;
}
