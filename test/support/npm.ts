import { spawnSync } from "node:child_process";

/** Runs npm and returns its output. @throws with npm's output if npm fails */
export function npm(cwd: string, ...parameters: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("npm", parameters, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm ${parameters[0]} failed:\n${stdout}${stderr}`);
  return stdout;
}
