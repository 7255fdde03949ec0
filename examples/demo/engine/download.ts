import { type Environment, lastLines, runCommand } from "./command.ts";
import type { Staging } from "./install.ts";

/** Time limit, for a connection that hangs. A hundred megabytes should not take longer. */
const timeLimitMs = 10 * 60_000;

// It runs in its own process, because the npm package's installation script writes to the standard streams.
const script = `
  const [version, root] = process.argv.slice(1);
  require("pulumi/lib/download.js").installCLI(version, root).catch((error) => {
    console.error([error.message, error.cause?.message].filter(Boolean).join(": "));
    process.exitCode = 1;
  });`;

/**
 * Downloads the official release with the npm package `pulumi`.
 *
 * @param repository the folder in which that package is installed
 * @throws Error with the reason
 */
export async function download(
  version: string,
  { root, temporary }: Staging,
  repository: string,
  environment: Environment,
): Promise<void> {
  const signal = AbortSignal.timeout(timeLimitMs);
  const env = { ...environment, TMPDIR: temporary };
  const options = { cwd: repository, env, signal };
  const { code, all } = await runCommand(process.execPath, ["-e", script, version, root], options);
  if (signal.aborted) throw new Error(`gave up after ${timeLimitMs / 60_000} minutes`);
  if (code !== 0) throw new Error(lastLines(all, 2));
}
