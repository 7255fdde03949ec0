import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../package.json" with { type: "json" };
import { npm } from "./npm.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Packs the package as `npm publish` would, from the existing build.
 *
 * @returns the path of the tarball in the folder
 */
export function pack(folder: string, source = root): string {
  return join(folder, npm(source, "pack", "--silent", "--ignore-scripts", "--pack-destination", folder).trim());
}

/** Packs the package with another version. */
export function packAs(version: string, folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), "deepseek-packed-"));
  try {
    for (const path of manifest.files.filter((path) => !path.startsWith("!"))) {
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
    writeFileSync(join(copy, "package.json"), JSON.stringify({ ...manifest, version }));
    return pack(folder, copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}
