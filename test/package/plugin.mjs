// `npm run plugin`: bundles the plugin into one file, and puts its launcher beside it, in `dist/plugin`. Put that folder on the
// PATH, and the engine finds `pulumi-resource-deepseek`.
import { cpSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = new URL("../../", import.meta.url);
const folder = fileURLToPath(new URL("dist/plugin/", root));
const { engines } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const node = engines.node.replace(">=", "");

rmSync(folder, { recursive: true, force: true });
await build({
  entryPoints: [fileURLToPath(new URL("provider/plugin/plugin-process.ts", root))],
  outfile: `${folder}pulumi-resource-deepseek.cjs`,
  bundle: true,
  minify: true,
  platform: "node",
  target: `node${node}`,
  format: "cjs",
  define: { NODE_NEEDED: JSON.stringify(node) },
  legalComments: "none",
  logLevel: "warning",
});
cpSync(new URL("provider/plugin/launcher/", root), folder, { recursive: true });
