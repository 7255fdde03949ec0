import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Environment, lastLines, runCommand } from "./command.ts";
import type { Staging } from "./install.ts";
import { findExecutable, searchPath } from "./locate.ts";

/** The Go programs, each with the folder of the module that pins it. The quick one first: it shows whether Go works. */
const programs = [
  {
    module: "language-nodejs",
    name: "pulumi-language-nodejs",
    source: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  },
  { module: "cli", name: "pulumi", source: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
] as const;

// The engine starts it in the program's folder, whose own @pulumi/pulumi brings the server for dynamic resources.
const dynamicProvider = `#!/bin/sh
server=$(node -p 'require.resolve("@pulumi/pulumi/cmd/dynamic-provider")') || exit 1
exec node "$server" "$@"
`;

/**
 * Builds the engine from Go modules, for machines that reach a Go module proxy but not Pulumi's releases.
 *
 * @param progress is told what is being built, and every 15 seconds that it still is.
 * @throws with the reason: Go is missing, or its own last words.
 */
export async function build(
  version: string,
  { root, temporary }: Staging,
  environment: Environment,
  progress: (line: string) => void,
): Promise<void> {
  const go = await findExecutable("go", searchPath(environment));
  if (go === undefined) throw new Error("Go is not on the PATH");
  const bin = join(root, "bin");
  // No go.work above the repository and no flags of the user's may change what is built.
  const env = { ...environment, GOTMPDIR: temporary, GOWORK: "off", GOFLAGS: "-mod=readonly -buildvcs=false" };
  const flags = [
    "-trimpath",
    "-ldflags",
    `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`,
  ];

  for (const { module, name, source } of programs) {
    progress(`Building ${name} …`);
    const begun = performance.now();
    const seconds = () => `${Math.round((performance.now() - begun) / 1000)} s`;
    const signOfLife = setInterval(() => progress(`… still building ${name} (${seconds()})`), 15_000);
    try {
      const cwd = fileURLToPath(new URL(`go/${module}`, import.meta.url));
      const { code, all } = await runCommand(go, ["build", ...flags, "-o", join(bin, name), source], { cwd, env });
      if (code !== 0) throw new Error(`go build of ${name} failed: ${lastLines(all)}`);
    } finally {
      clearInterval(signOfLife);
    }
    progress(`Built ${name} in ${seconds()}.`);
  }
  await writeFile(join(bin, "pulumi-resource-pulumi-nodejs"), dynamicProvider, { mode: 0o755 });
}
