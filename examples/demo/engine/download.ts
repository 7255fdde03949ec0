import { type Environment, lastLines, runCommand } from "./command.ts";
import type { Staging } from "./install.ts";

/** For a connection that is up but leads nowhere. A hundred megabytes should not take longer. */
const timeLimitMs = 10 * 60_000;

// The npm package has the installation script write to the standard streams, hence the process of its own.
const script = `
  const [version, root] = process.argv.slice(1);
  require("pulumi/lib/download.js").installCLI(version, root).catch((error) => {
    console.error([error.message, error.cause?.message].filter(Boolean).join(": "));
    process.exitCode = 1;
  });`;

/**
 * Downloads the official release, in the way of the npm package `pulumi`.
 *
 * @param repository where that package is installed.
 * @throws with the reason in few words.
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
