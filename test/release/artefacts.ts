import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "../support/npm.ts";
import { type Home, readManifest, stage } from "./published.ts";

/** A file that is published. */
export interface Artefact {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

const CHECKSUMS = "SHA256SUMS";
const BILL = "sbom.cdx.json";

/** Builds everything that is published, from a build of the package: the npm package, the bill of materials, the checksums. */
export function buildArtefacts(root: string, folder: string, home: Home): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const staged = join(folder, "staged");
  stage(root, staged, home);
  npm(staged, "pack", "--silent", "--ignore-scripts", "--pack-destination", folder);
  rmSync(staged, { recursive: true });
  const bill = execFileSync(process.execPath, [join(root, "test", "package", "sbom.ts")], { cwd: root });
  writeFileSync(join(folder, BILL), bill);
  const sums = artefactsIn(folder).map(({ file, sha256 }) => `${sha256}  ${file}\n`);
  writeFileSync(join(folder, CHECKSUMS), sums.join(""));
}

/** The published files in a folder, without their checksums. */
export function artefactsIn(folder: string): readonly Artefact[] {
  const names = readdirSync(folder).filter((name) => name !== CHECKSUMS && statSync(join(folder, name)).isFile());
  return names.sort().map((file) => {
    const content = readFileSync(join(folder, file));
    return { file, bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
  });
}

/** The packed npm package in a folder. */
export function packageIn(root: string, folder: string): string {
  const { name, version } = readManifest(root);
  return join(folder, `${name}-${version}.tgz`);
}

/** What is wrong with the built artefacts: each must be there, with the checksum that was written when it was built. */
export function checksumProblems(root: string, folder: string): readonly string[] {
  const sums = join(folder, CHECKSUMS);
  if (!existsSync(sums)) return [`${CHECKSUMS} is missing in ${folder}. Build the artefacts again.`];
  const written = new Map(
    readFileSync(sums, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split("  ").reverse() as [string, string]),
  );
  const found = new Map(artefactsIn(folder).map(({ file, sha256 }) => [file, sha256]));
  const { name, version } = readManifest(root);
  const needed = new Set([`${name}-${version}.tgz`, BILL, ...written.keys(), ...found.keys()]);
  return [...needed].flatMap((file) => {
    if (!found.has(file)) return [`${file} is missing. Build the artefacts again.`];
    if (!written.has(file)) return [`${file} has no checksum in ${CHECKSUMS}. Build the artefacts again.`];
    if (found.get(file) === written.get(file)) return [];
    return [`${file} is not the file that was built: its checksum differs from ${CHECKSUMS}.`];
  });
}
