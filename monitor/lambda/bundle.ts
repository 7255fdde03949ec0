import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * Returns the folder that is deployed as the function's code; it contains only the built bundle. The folder is looked up by
 * the package's name, so it is the same whether this code runs from the sources or from the build.
 *
 * @throws Error if the package has not been built
 */
export function bundleDirectory(): string {
  const root = dirname(createRequire(__filename).resolve("pulumi-deepseek/package.json"));
  const folder = join(root, "dist", "monitor", "lambda", "bundle");
  if (existsSync(join(folder, "index.js"))) return folder;
  throw new Error(
    "The bundle of the monitor's function is missing. In a checkout of pulumi-deepseek, run 'npm run build'.",
  );
}

/** Returns a hash that differs between builds of the function's code. */
export function bundleHash(): string {
  return createHash("sha256")
    .update(readFileSync(join(bundleDirectory(), "index.js")))
    .digest("hex");
}
