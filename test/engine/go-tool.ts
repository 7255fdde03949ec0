import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Environment, lastLines, runCommand } from "./command.ts";
import { buildGoProgram, findGo } from "./go.ts";
import { install } from "./install.ts";

/** A Go program that tests or benchmarks use, built once from the Go module that a `go.mod` of ours pins. */
export interface GoTool {
  readonly name: string;
  /** What it is needed for, as the subject of a sentence. */
  readonly user: string;
  /** The folder of that `go.mod`. */
  readonly module: string;
  /** The Go module whose version is pinned. */
  readonly origin: string;
  /** The package to build, by its import path. */
  readonly source: string;
  /** The variable that holds its version, for Go's linker. */
  readonly versionVariable: string;
  /** The flag with which it tells its version. */
  readonly versionFlag: string;
}

const usualCache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));

/**
 * Finds a tool in `node_modules/.cache`, or has it built.
 *
 * @param progress is told of everything that takes longer than a moment.
 * @returns the path of its program
 * @throws if it cannot be built; the message says why, and what to do.
 */
export async function ensureGoTool(
  tool: GoTool,
  progress: (line: string) => void,
  environment: Environment = process.env,
  cache = usualCache,
): Promise<string> {
  const { name, user, module, origin, source, versionVariable, versionFlag } = tool;
  const lines = (await readFile(join(module, "go.mod"), "utf8")).split("\n").map((line) => line.trim().split(" "));
  const pinned = lines.find(([path]) => path === origin)?.[1]?.replace(/^v/, "");
  if (pinned === undefined) throw new Error(`${module}/go.mod does not pin ${name}`);
  const target = join(cache, `${name}-${pinned}`);
  const program = (root: string) => join(root, "bin", name);
  const check = async (root: string) => {
    const { code, all } = await runCommand(program(root), [versionFlag], { env: environment });
    if (code !== 0 || !all.includes(pinned)) throw new Error(`${name} ${pinned} does not run: ${lastLines(all)}`);
  };
  if (await succeeds(check(target))) return program(target);

  try {
    const go = await findGo(environment);
    progress(`Getting ${name} ${pinned} for ${user} (once, about a minute) …`);
    const parts = { name, module, source, version: [versionVariable, pinned] } as const;
    await install(target, check, ({ root, temporary }) =>
      buildGoProgram(go, parts, program(root), temporary, environment, progress),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const words = `${user[0]?.toUpperCase()}${user.slice(1)} need ${name}, and it could not be built: ${reason}`;
    throw new Error(
      `${words}\nWhat to do: install Go 1.26 (https://go.dev/doc/install); behind a mirror of Go modules, set GOPROXY.`,
      { cause: error },
    );
  }
  return program(target);
}

function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
