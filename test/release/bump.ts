/*
 * A part of `npm version`, which changes package.json and the lockfile: writes the new version everywhere else, so that no old one
 * is left.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readManifest, trackedFiles } from "./published.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { name, version } = readManifest(root);

const manifests = trackedFiles(root).filter((path) => /^examples\/.*package\.json$/.test(path));
const changed = manifests.filter((path) => {
  const text = readFileSync(join(root, path), "utf8");
  const updated = text.replace(new RegExp(`"${name}": "\\^[^"]+"`), `"${name}": "^${version}"`);
  writeFileSync(join(root, path), updated);
  return updated !== text;
});

const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
if (!changelog.includes(`\n## ${version}`)) {
  // The owner writes what changed; the rehearsal only checks that the section is there.
  writeFileSync(join(root, "CHANGELOG.md"), changelog.replace(/^## /m, `## ${version}, not released yet\n\n## `));
  changed.push("CHANGELOG.md");
}
// `npm version` commits what is staged.
if (changed.length > 0) execFileSync("git", ["add", ...changed], { cwd: root });
