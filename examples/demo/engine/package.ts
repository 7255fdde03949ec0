import { fileURLToPath } from "node:url";
import { lastLines, runCommand } from "./command.ts";

/** Builds the package. Run it before the engine, which loads the built JavaScript. */
export async function buildPackage(): Promise<void> {
  const cwd = fileURLToPath(new URL("../../..", import.meta.url));
  const { code, all } = await runCommand("npm", ["run", "--silent", "build"], { cwd, env: process.env });
  if (code !== 0) throw new Error(`The package could not be built:\n${lastLines(all, 20, 4_000)}`);
}
