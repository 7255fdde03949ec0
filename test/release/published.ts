import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The repository on GitHub, as `owner/name`. */
export interface Home {
  readonly repository: string;
  /** Whether it exists, or only stands for the one that the owner will create. */
  readonly isKnown: boolean;
}

/** The part of package.json that a release depends on. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly repository?: { readonly url: string } | string;
  readonly [field: string]: unknown;
}

export function readManifest(root: string): Manifest {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
}

/** Where the sources live: as GitHub's workflow says, or as package.json says. */
export function homeOf({ repository }: Manifest, environment: NodeJS.ProcessEnv): Home {
  const address = typeof repository === "string" ? repository : repository?.url;
  const known =
    environment["GITHUB_REPOSITORY"] ?? /github\.com[/:]([\w.-]+\/[\w.-]+?)(\.git)?$/.exec(address ?? "")?.[1];
  return known === undefined
    ? { repository: "OWNER/pulumi-deepseek", isKnown: false }
    : { repository: known, isKnown: true };
}

/** Where the files of a version are shown: pages on GitHub, and pictures as they are. */
export function addressesOf(version: string, { repository }: Home) {
  return {
    page: `https://github.com/${repository}/blob/v${version}/`,
    picture: `https://raw.githubusercontent.com/${repository}/v${version}/`,
  };
}

const unpublished = /<!-- not on npm yet -->[\s\S]*?<!-- end -->/g;
const onceOnNpm = /^(.*?) +# once it is on npm: (.*)$/gm;

/**
 * A page as its readers see it once the package is on npm. It loses what is true only before, between the comments
 * `not on npm yet` and `end`, and a command gives way to the one in its comment `once it is on npm`. Links and pictures get
 * absolute addresses, since npm's website shows the README without the repository's other files.
 *
 * @param path the page's path in the repository
 */
export function asPublished(text: string, path: string, version: string, home: Home): string {
  const page = text.replaceAll(unpublished, "").replaceAll(onceOnNpm, "$2");
  if (path !== "README.md") return page;
  const addresses = addressesOf(version, home);
  return page.replaceAll(/(!?)\[((?:[^\]\\]|\\.)*)\]\((?!#|[a-z]+:)([^)\s]+)\)/g, (_, picture, label, target) => {
    const address = picture === "!" ? addresses.picture : addresses.page;
    return `${picture}[${label}](${address}${target})`;
  });
}

/** Lays out what npm packs: the built files, with the pages and package.json as they are published. */
export function stage(root: string, folder: string, home: Home): void {
  const manifest = readManifest(root);
  rmSync(folder, { recursive: true, force: true });
  for (const path of manifest.files.filter((entry) => !entry.startsWith("!"))) {
    if (!existsSync(join(root, path))) continue;
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    if (path.endsWith(".md")) {
      writeFileSync(target, asPublished(readFileSync(join(root, path), "utf8"), path, manifest.version, home));
    } else cpSync(join(root, path), target, { recursive: true });
  }
  // npm compares it with the repository that the package's provenance names.
  const repository = { type: "git", url: `git+https://github.com/${home.repository}.git` };
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ ...manifest, ...(home.isKnown && { repository }) }, null, 2),
  );
}

/** The files that git tracks, by their paths in the repository. */
export function trackedFiles(root: string): readonly string[] {
  return execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n");
}
