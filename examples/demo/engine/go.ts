import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Environment, lastLines, runCommand } from "./command.ts";
import { findExecutable, searchPath } from "./locate.ts";

/** A Go program that one of our `go.mod` files pins. */
export interface GoProgram {
  readonly name: string;
  /** The folder of that `go.mod`. */
  readonly module: string;
  /** The package to build, by its import path. */
  readonly source: string;
  /** A variable and the value that Go's linker sets it to, as in `-X`. */
  readonly version?: readonly [variable: string, value: string];
}

/**
 * The version of a Go module that the `go.mod` in a folder pins, such as `3.274.1`.
 *
 * @throws Error if it does not pin that module
 */
export async function pinnedVersion(folder: string, goModule: string): Promise<string> {
  const requirements = await readFile(join(folder, "go.mod"), "utf8");
  const pinned = /^\S+/.exec(requirements.split(`${goModule} v`)[1] ?? "")?.[0];
  if (pinned === undefined) throw new Error(`${folder}/go.mod does not pin ${goModule}`);
  return pinned;
}

/** @throws Error if Go is not on the PATH */
export async function findGo(environment: Environment): Promise<string> {
  const go = await findExecutable("go", searchPath(environment));
  if (go === undefined) throw new Error("Go is not on the PATH");
  return go;
}

/**
 * Builds a Go program.
 *
 * @param go as returned by `findGo`
 * @param output the file to write
 * @param temporary a folder for the build's own files
 * @param progress called at the start, every 15 seconds, and at the end
 * @throws Error with the end of Go's output
 */
export async function buildGoProgram(
  go: string,
  { name, module, source, version }: GoProgram,
  output: string,
  temporary: string,
  environment: Environment,
  progress: (line: string) => void,
): Promise<void> {
  // A go.work above the repository or the user's own flags must not change what is built.
  const env = { ...environment, GOTMPDIR: temporary, GOWORK: "off", GOFLAGS: "-mod=readonly -buildvcs=false" };
  const setting = version === undefined ? "" : ` -X ${version.join("=")}`;
  const flags = ["-trimpath", "-ldflags", `-s -w${setting}`];
  progress(`Building ${name} …`);
  const begun = performance.now();
  const seconds = () => `${Math.round((performance.now() - begun) / 1000)} s`;
  const signOfLife = setInterval(() => progress(`… still building ${name} (${seconds()})`), 15_000);
  try {
    const { code, all } = await runCommand(go, ["build", ...flags, "-o", output, source], { cwd: module, env });
    if (code !== 0) throw new Error(`go build of ${name} failed: ${lastLines(all)}`);
  } finally {
    clearInterval(signOfLife);
  }
  progress(`Built ${name} in ${seconds()}.`);
}
