import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, engineVersion } from "./build.ts";
import { type Environment, InterruptedError } from "./command.ts";
import { download } from "./download.ts";
import { install } from "./install.ts";
import { findExecutable, type Located, locateIn, locateOnPath } from "./locate.ts";

/** The real Pulumi engine, ready to run Node programs with dynamic resources. */
export interface Engine {
  /** The absolute path of the CLI. */
  readonly pulumi: string;
  /**
   * `path`: already installed on the machine; `download`: the official release; `build`: built from Go modules, without
   * support for policy packs and `package get-schema`, and with an older language host.
   */
  readonly origin: "path" | "download" | "build";
  /** Such as `3.274.1`. */
  readonly version: string;
  /** The environment for the engine: the caller's without the DeepSeek key, and with a PATH that finds the engine. */
  readonly env: Readonly<Record<string, string>>;
}

const repository = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Finds or installs the engine. It tries, in this order: the PATH, the official release through the npm package
 * `pulumi`, and a build from Go modules. It installs the engine into the folder that the npm package uses too, and
 * keeps it there.
 *
 * @param progress called with a line of text when a longer step begins
 * @param environment @default the process's own
 * @throws Error that says what was tried, why it failed, and what to do
 */
export async function ensureEngine(
  progress: (line: string) => void = () => {},
  environment: Environment = process.env,
): Promise<Engine> {
  const version = await engineVersion();
  const target = join(environment["PULUMI_HOME"] || join(homedir(), ".pulumi"), "versions", version);
  const check = (root: string) => locateIn(join(root, "bin"), environment);

  const ways: { readonly name: string; readonly origin?: Engine["origin"]; get(): Promise<Located> }[] = [
    { name: "The PATH", origin: "path", get: () => locateOnPath(version, environment) },
    { name: "An earlier download", get: () => check(target) },
    {
      name: "The download by the npm package 'pulumi'",
      get: async () => {
        progress(`Downloading Pulumi ${version} (about 100 MB, once per machine) …`);
        await install(target, check, (staging) => download(version, staging, repository, environment));
        return check(target);
      },
    },
    {
      name: "The build from Go modules",
      get: async () => {
        progress(`Pulumi ${version} cannot be downloaded on this machine.`);
        progress("Building it from Go modules instead (about 5 minutes on 2 cores, once per machine) …");
        await install(target, check, (staging) => build(version, staging, environment, progress));
        return check(target);
      },
    },
  ];

  const failures: string[] = [];
  for (const { name, origin, get } of ways) {
    try {
      const located = await get();
      const env = await engineEnvironment(located.bin, environment);
      return { pulumi: located.pulumi, version: located.version, origin: origin ?? (await originOf(located)), env };
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      failures.push(`- ${name}: ${error instanceof Error ? error.message : error}.`);
    }
  }
  throw new Error(
    `Pulumi ${version} or newer was not found and could not be installed.\n${failures.join("\n")}\n` +
      "Install Pulumi (https://www.pulumi.com/docs/install/), or Go 1.26 so that it can be built. Then try again.",
  );
}

/** An official release contains the host for policy packs; our own build does not. */
async function originOf({ bin }: Located): Promise<Engine["origin"]> {
  return (await findExecutable("pulumi-analyzer-policy", [bin])) === undefined ? "build" : "download";
}

/** The PATH starts with the repository's Node, which its dependencies need, and the engine. */
async function engineEnvironment(bin: string, environment: Environment): Promise<Engine["env"]> {
  // Not `node_modules/.bin`, where `pulumi` is the npm package's script.
  const node = await findExecutable("node", [join(repository, "node_modules", "node", "bin")]);
  const path = [dirname(node ?? process.execPath), bin, environment["PATH"] ?? ""].join(delimiter);
  const { DEEPSEEK_API_KEY: _, ...rest } = environment;
  const defined = Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(defined), PATH: path };
}
