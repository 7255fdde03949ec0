import { constants } from "node:fs";
import { access, chmod, copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Environment, lastLines, runCommand } from "../../examples/demo/engine/command.ts";
import { buildGoProgram, findGo, pinnedVersion } from "../../examples/demo/engine/go.ts";
import { ensureInstalled } from "../../examples/demo/engine/install.ts";

/** A command line tool whose version a `go.mod` in this repository pins. */
export interface GoTool {
  readonly name: string;
  /** The users of the tool, as the beginning of a sentence. */
  readonly purpose: string;
  /** The folder of that `go.mod`. */
  readonly module: string;
  /** The Go module of the tool, whose version is the tool's. */
  readonly from: string;
  /** The package to build. */
  readonly source: string;
  /** The variable with the version, for Go's linker. */
  readonly versionVariable: string;
  /** Whether `--version` prints its version and ends, which shows that it runs. @default true */
  readonly hasVersionFlag?: boolean;
  /** The path in that module of a script that it needs beside it. */
  readonly script?: string;
  /** What to do in place of a build, as the beginning of a sentence that goes on with `or`. */
  readonly orElse?: string;
}

const usualCache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));

/**
 * Builds a tool once, into `node_modules/.cache`.
 *
 * @param progress receives a line before each slow step
 * @returns the path of its executable
 * @throws if it cannot be built; the message says why, and what to do
 */
export async function ensureGoTool(
  { name, purpose, module, from, source, versionVariable, hasVersionFlag = true, script, orElse }: GoTool,
  progress: (line: string) => void,
  environment: Environment = process.env,
  cache = usualCache,
): Promise<string> {
  const pinned = await pinnedVersion(module, from);
  const target = join(cache, `${name}-${pinned}`);
  const executable = (root: string) => join(root, "bin", name);
  const check = async (root: string) => {
    if (!hasVersionFlag) return access(executable(root), constants.X_OK);
    const { code, all } = await runCommand(executable(root), ["--version"], { env: environment });
    if (code !== 0 || !all.includes(pinned)) throw new Error(`${name} ${pinned} does not run: ${lastLines(all)}`);
  };
  try {
    await ensureInstalled(target, check, async ({ root, temporary }) => {
      const go = await findGo(environment);
      progress(`Getting ${name} ${pinned} (once, about a minute) …`);
      const program = { name, module, source, version: [versionVariable, pinned] } as const;
      await buildGoProgram(go, program, executable(root), temporary, environment, progress);
      if (script !== undefined) await copyScript(go, { module, from, script }, join(root, "bin"), environment);
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${purpose} need ${name}, and it could not be built: ${reason}\n` +
        `What to do: ${orElse === undefined ? "" : `${orElse}; or `}install Go 1.26 (https://go.dev/doc/install); ` +
        "behind a mirror of Go modules, set GOPROXY.",
      { cause: error },
    );
  }
  return executable(target);
}

/** Copies a script from the source of a Go module. @throws Error with the end of Go's output */
async function copyScript(
  go: string,
  { module, from, script }: Required<Pick<GoTool, "module" | "from" | "script">>,
  folder: string,
  env: Environment,
): Promise<void> {
  const { code, stdout, all } = await runCommand(go, ["list", "-m", "-f", "{{.Dir}}", from], { cwd: module, env });
  if (code !== 0) throw new Error(lastLines(all));
  const copy = join(folder, basename(script));
  await copyFile(join(stdout.trim(), script), copy);
  await chmod(copy, 0o755);
}
