import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Environment, lastLines, runCommand } from "../../examples/demo/engine/command.ts";
import { ensureInstalled } from "../../examples/demo/engine/install.ts";
import { findPython } from "../support/find-python.ts";

const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));
const cache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));

/**
 * A Python with ministack, in a virtual environment that is created once in `node_modules/.cache`.
 *
 * @param progress receives a line before each slow step
 * @returns the path of its interpreter
 * @throws if no suitable Python is installed, or if ministack cannot be installed; the message says which
 */
export async function ensurePython(
  progress: (line: string) => void,
  environment: Environment = process.env,
): Promise<string> {
  const pinned = /^ministack==(\S+)$/m.exec(await readFile(requirements, "utf8"))?.[1];
  if (pinned === undefined) throw new Error(`${requirements} does not pin ministack`);
  const target = join(cache, `ministack-${pinned}`);
  const isThere = (root: string) => access(pythonOf(root));
  await ensureInstalled(target, isThere, async ({ root }) => {
    const base = await findPython(environment);
    progress(`Installing ministack ${pinned}, a local AWS, for the tests (once, about 15 seconds) …`);
    const hint = "What to do: install Python's 'venv' module (Debian and Ubuntu: python3-venv).";
    await run(base, ["-m", "venv", root], "make a virtual environment", hint, environment);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", requirements];
    const index = "What to do: see that 'pip install' works here; behind a proxy or a mirror, set PIP_INDEX_URL.";
    await run(pythonOf(root), pip, "install ministack", index, environment);
    progress(`Installed ministack ${pinned}.`);
  });
  return pythonOf(target);
}

async function run(
  file: string,
  parameters: readonly string[],
  what: string,
  hint: string,
  env: Environment,
): Promise<void> {
  const { code, all } = await runCommand(file, parameters, { env });
  if (code !== 0) throw new Error(`Could not ${what} for the tests on a local AWS:\n${lastLines(all)}\n${hint}`);
}

function pythonOf(environment: string): string {
  return join(environment, "bin", "python");
}
