import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Environment, lastLines, runCommand } from "../../examples/demo/engine/command.ts";
import { ensureInstalled } from "../../examples/demo/engine/install.ts";
import { findExecutable, searchPath } from "../../examples/demo/engine/locate.ts";

const cache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));

/** The packages that the tests use need this version or a newer one. */
const minimum = [3, 10] as const;

/** A package of PyPI that a `requirements.txt` of ours pins. */
export interface PythonPackage {
  readonly name: string;
  /** What it is, for a message. */
  readonly description: string;
  /** The path of that file. */
  readonly requirements: string;
  /** Roughly how long its installation takes. */
  readonly seconds: number;
}

/**
 * A Python with a package, in a virtual environment that is made once and kept in `node_modules/.cache`.
 *
 * @param progress is told of everything that takes longer than a moment.
 * @returns the path of the environment's executables
 * @throws if there is no Python that is new enough, or no package index that has the package; the message says which.
 */
export async function ensurePackage(
  { name, description, requirements, seconds }: PythonPackage,
  progress: (line: string) => void,
  environment: Environment = process.env,
): Promise<string> {
  const text = await readFile(requirements, "utf8");
  const pinned = new RegExp(`^${name}(?:\\[.*\\])?==(\\S+)`, "m").exec(text)?.[1];
  if (pinned === undefined) throw new Error(`${requirements} does not pin ${name}`);
  // What it needs is pinned in the same file.
  const target = join(cache, `${name}-${pinned}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`);
  const isThere = (root: string) => access(join(root, "bin", "python"));
  await ensureInstalled(target, isThere, async ({ root }) => {
    const base = await findPython(environment);
    progress(`Installing ${name} ${pinned}, ${description}, for the tests (once, about ${seconds} seconds) …`);
    const hint = "What to do: install Python's 'venv' module (Debian and Ubuntu: python3-venv).";
    await run(base, ["-m", "venv", root], "make a virtual environment", hint, environment);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", requirements];
    const index = "What to do: see that 'pip install' works here; behind a proxy or a mirror, set PIP_INDEX_URL.";
    await run(join(root, "bin", "python"), pip, `install ${name}`, index, environment);
    progress(`Installed ${name} ${pinned}.`);
  });
  return join(target, "bin");
}

/** The first Python on the PATH that is new enough. @throws if there is none */
export async function findPython(environment: Environment): Promise<string> {
  const names = ["python3", ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`), "python"];
  const found: string[] = [];
  for (const name of names) {
    const file = await findExecutable(name, searchPath(environment));
    if (file === undefined) continue;
    const script = "import sys; print('%d.%d' % sys.version_info[:2])";
    const { code, stdout } = await runCommand(file, ["-c", script], { env: environment });
    const [major = 0, minor = 0] = stdout.trim().split(".").map(Number);
    if (code === 0 && major === minimum[0] && minor >= minimum[1]) return file;
    found.push(`${file} (${code === 0 ? stdout.trim() : "does not run"})`);
  }
  throw new Error(
    `The tests need Python ${minimum.join(".")} or newer; ` +
      `on the PATH there is ${found.length === 0 ? "none" : found.join(", ")}. What to do: install Python.`,
  );
}

async function run(
  file: string,
  parameters: readonly string[],
  what: string,
  hint: string,
  env: Environment,
): Promise<void> {
  const { code, all } = await runCommand(file, parameters, { env });
  if (code !== 0) throw new Error(`Could not ${what} for the tests:\n${lastLines(all)}\n${hint}`);
}
