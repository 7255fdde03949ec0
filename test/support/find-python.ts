import { type Environment, runCommand } from "../../examples/demo/engine/command.ts";
import { findExecutable, searchPath } from "../../examples/demo/engine/locate.ts";

/** ministack, the local AWS, needs this version or a newer one. */
const minimum = [3, 10] as const;

/** Returns the first Python on the PATH that is new enough. @throws if there is none */
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
