import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * The folder that becomes the function's code: the built bundle and nothing else. It is found through the package itself,
 * so that it is the same from the sources and from the build.
 *
 * @throws Error if the package has not been built
 */
export function bundleDirectory(): string {
  const root = dirname(createRequire(__filename).resolve("pulumi-deepseek/package.json"));
  const folder = join(root, "dist", "monitor", "lambda", "bundle");
  if (existsSync(join(folder, "index.js"))) return folder;
  throw new Error(
    "The bundle of the monitor's function is missing. In a checkout of pulumi-deepseek: run 'npm run build'.",
  );
}

/** Tells builds of the function's code apart. */
export function bundleHash(): string {
  return createHash("sha256")
    .update(readFileSync(join(bundleDirectory(), "index.js")))
    .digest("hex");
}
