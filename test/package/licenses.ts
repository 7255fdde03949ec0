import { readdirSync } from "node:fs";
import { read, root } from "../support/repository.ts";

/** The names of the packages to which files in `node_modules` belong. */
export function packagesIn(paths: readonly string[]): ReadonlySet<string> {
  const names = paths.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return new Set(names.filter((name) => name !== undefined));
}

/**
 * The licences of packages that a bundle contains, for which licences such as MIT ask. The sources of these packages have no licence
 * comments that esbuild could collect.
 *
 * @throws Error if one has no licence
 */
export function licensesOf(packages: ReadonlySet<string>): string {
  const licenses = [...packages].sort().map((name) => {
    const license = readdirSync(new URL(`node_modules/${name}`, root)).find((file) => /^licen[sc]e/i.test(file));
    if (license === undefined) throw new Error(`The package ${name} is in the bundle and has no licence.`);
    return `${name}\n\n${read(`node_modules/${name}/${license}`).trim()}\n`;
  });
  return licenses.join("\n----\n\n");
}
