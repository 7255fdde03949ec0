import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBundle } from "../support/lambda-bundle.ts";
import { npm } from "../support/npm.ts";
import { packagesIn } from "./licenses.ts";

/*
 * The third-party code that users receive: the dependencies, and the development dependencies in the Lambda's bundle.
 * npm's `--omit=dev` cannot list it: it does not know the bundle, and `npm sbom --omit=dev` also omits dependencies that
 * a development dependency uses too (undici, zod).
 */

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Dependencies by name, with their version ranges. */
type Dependencies = Readonly<Record<string, string>>;

/** The packages whose code is in the Lambda's bundle. */
export async function bundledPackages(): Promise<ReadonlySet<string>> {
  using bundle = await buildBundle();
  return packagesIn(bundle.inputs);
}

/** Creates a package with the same name and version that has exactly these dependencies, with a lockfile reduced by npm. */
export async function shippedPackage(): Promise<{ readonly folder: string } & Disposable> {
  const bundled = await bundledPackages();
  const { name, version, license, description, ...all } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const inBundle = Object.entries(all.devDependencies as Dependencies).filter(([dependency]) =>
    bundled.has(dependency),
  );
  const dependencies: Dependencies = { ...all.dependencies, ...Object.fromEntries(inBundle) };
  const parent = mkdtempSync(join(tmpdir(), "deepseek-shipped-"));
  // npm takes the name in a bill of materials from the folder.
  const folder = join(parent, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version, license, description, dependencies }));
  copyFileSync(join(root, "package-lock.json"), join(folder, "package-lock.json"));
  npm(folder, "install", "--package-lock-only", "--offline", "--ignore-scripts", "--no-audit", "--no-fund");
  return { folder, [Symbol.dispose]: () => rmSync(parent, { recursive: true, force: true }) };
}
