// `npm run plugin`: bundles the plugin into one file, and puts its launcher and the licences of what it contains beside it, in
// `dist/plugin`. Put that folder on the PATH, and the engine finds `pulumi-resource-deepseek`.
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { root } from "../support/repository.ts";
import { licensesOf } from "./licenses.ts";
import { bundlePlugin } from "./plugin-bundle.ts";

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
console.log(`The plugin is in ${folder}\nPut that folder on the PATH, so that Pulumi finds it.`);
