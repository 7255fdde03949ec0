import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { read, root } from "../support/repository.ts";
import { packagesIn } from "./licenses.ts";

/**
 * Bundles a plugin's program into one file.
 *
 * @param program its path in this repository
 * @returns the names of the packages whose code is in the bundle
 */
export async function bundlePlugin(program: string, outfile: string): Promise<ReadonlySet<string>> {
  const { engines } = JSON.parse(read("package.json"));
  const node = engines.node.replace(">=", "");
  const { metafile } = await build({
    entryPoints: [program],
    absWorkingDir: fileURLToPath(root),
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: `node${node}`,
    format: "cjs",
    define: { NODE_NEEDED: JSON.stringify(node) },
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
  });
  return packagesIn(Object.keys(metafile.inputs));
}
