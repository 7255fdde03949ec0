// `npm run plugin`: bundles the plugin into one file, and puts its launcher beside it, in `dist/plugin`. Put that folder on the
// PATH, and the engine finds `pulumi-resource-deepseek`.
//
// `node test/package/plugin.mjs <program> <file>` only bundles another program into a file, in the same way: the benchmark
// compares the plugin with others.
import { cpSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = new URL("../../", import.meta.url);
const folder = fileURLToPath(new URL("dist/plugin/", root));
const plugin = fileURLToPath(new URL("provider/plugin/plugin-process.ts", root));
const { engines } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const node = engines.node.replace(">=", "");

const [program, file] = process.argv.slice(2);
if (program !== undefined && file !== undefined) {
  await bundle(program, file);
} else {
  rmSync(folder, { recursive: true, force: true });
  await bundle(plugin, `${folder}pulumi-resource-deepseek.cjs`);
  cpSync(new URL("provider/plugin/launcher/", root), folder, { recursive: true });
}

/**
 * @param {string} entry
 * @param {string} outfile
 */
function bundle(entry, outfile) {
  return build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: `node${node}`,
    format: "cjs",
    define: { NODE_NEEDED: JSON.stringify(node) },
    legalComments: "none",
    logLevel: "warning",
  });
}
