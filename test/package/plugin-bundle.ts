import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { read, root } from "../support/repository.ts";
import { licensesOf, packagesIn } from "./licenses.ts";

/**
 * Bundles the plugin into `dist/plugin`, and puts its launcher and the licences of what it contains beside it.
 *
 * @returns that folder. If it is on the PATH, the engine finds `pulumi-resource-deepseek`.
 */
export async function buildPlugin(): Promise<string> {
  const folder = fileURLToPath(new URL("dist/plugin/", root));
  rmSync(folder, { recursive: true, force: true });
  const packages = await bundlePlugin("provider/plugin/plugin-process.ts", `${folder}pulumi-resource-deepseek.cjs`);
  cpSync(new URL("provider/plugin/launcher/", root), folder, { recursive: true });
  writeFileSync(`${folder}LICENSES.txt`, licensesOf(packages));
  // The Node of this repository, since the one on the PATH may be too old. Windows allows links to administrators only.
  if (process.platform !== "win32") {
    mkdirSync(`${folder}runtime`);
    symlinkSync(process.execPath, `${folder}runtime/node`);
  }
  return folder;
}

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
