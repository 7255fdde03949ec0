import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "./command.ts";
import { buildGoProgram, findGo, pinnedVersion } from "./go.ts";
import type { Staging } from "./install.ts";

/**
 * The Go programs, each with the folder of its `go.mod`. The smaller one is first, to find out early whether Go works.
 */
const programs = [
  {
    module: "language-nodejs",
    name: "pulumi-language-nodejs",
    source: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  },
  { module: "cli", name: "pulumi", source: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
] as const;

const folderOf = (module: string) => fileURLToPath(new URL(`go/${module}`, import.meta.url));

/**
 * The engine's version, which the official download uses too. It is defined in `go.mod`, where Go needs it, because the
 * npm package `pulumi`, which can download any version, is not published for each release.
 */
export function engineVersion(): Promise<string> {
  return pinnedVersion(folderOf("cli"), "github.com/pulumi/pulumi/pkg/v3");
}

// The engine starts this script in the program's folder, whose own @pulumi/pulumi contains the server.
const dynamicProvider = `#!/bin/sh
server=$(node -p 'require.resolve("@pulumi/pulumi/cmd/dynamic-provider")') || exit 1
exec node "$server" "$@"
`;

/**
 * Builds the engine from Go modules, for machines that can reach a Go module proxy but not Pulumi's releases.
 *
 * @param progress called when the build of a program starts and ends, and regularly in between
 * @throws Error with the reason: Go is missing, or the end of its output
 */
export async function build(
  version: string,
  { root, temporary }: Staging,
  environment: Environment,
  progress: (line: string) => void,
): Promise<void> {
  const go = await findGo(environment);
  const bin = join(root, "bin");
  for (const { module, ...program } of programs) {
    const pinned = {
      ...program,
      module: folderOf(module),
      version: ["github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", `v${version}`],
    } as const;
    await buildGoProgram(go, pinned, join(bin, program.name), temporary, environment, progress);
  }
  await writeFile(join(bin, "pulumi-resource-pulumi-nodejs"), dynamicProvider, { mode: 0o755 });
}
