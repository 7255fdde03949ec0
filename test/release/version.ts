import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readManifest, trackedFiles } from "./published.ts";

/** A version of this package in a text: in the name of its file, or in a range of an example's package.json. */
const mention = /pulumi-deepseek(?:@|-|": "[\^~]?)(\d+\.\d+\.\d+(?:-[\w.]+)?)/g;

/** Texts in which a version of this package could be left behind. Tests make up versions. */
const isText = (path: string) => /\.(md|ts|mts|mjs|json|ya?ml)$/.test(path) && !path.startsWith("test/");

/**
 * Where the version is not the one in package.json, the only place that defines it.
 *
 * @param tag the release's tag, if there is one
 */
export function versionProblems(root: string, tag: string | undefined): readonly string[] {
  const { version } = readManifest(root);
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const lock = JSON.parse(read("package-lock.json"));
  const [, heading = ""] = /^## (.*)$/m.exec(read("CHANGELOG.md")) ?? [];
  const problems: string[] = [];
  for (const locked of [lock.version, lock.packages[""].version]) {
    if (locked !== version)
      problems.push(
        `package-lock.json has the version ${locked}, package.json ${version}. Run 'npm version ${version} --no-git-tag-version --allow-same-version'.`,
      );
  }
  if (heading.split(/[ ,]/)[0] !== version) {
    problems.push(`CHANGELOG.md begins with '${heading}', not with ${version}. Add a section for ${version}.`);
  }
  if (tag !== undefined && tag !== `v${version}`) {
    problems.push(`The tag is ${tag}, but the package's version is ${version}. Tag the commit v${version}.`);
  }
  if (tag !== undefined && heading.includes("not released")) {
    problems.push(`CHANGELOG.md says '${heading}'. Replace 'not released yet' by the date.`);
  }
  for (const path of trackedFiles(root).filter(isText)) {
    for (const [found, other] of read(path).matchAll(mention)) {
      if (other !== version)
        problems.push(
          `${path} has '${found}', but the version is ${version}. Run 'npm version ${version} --no-git-tag-version --allow-same-version'.`,
        );
    }
  }
  return [...new Set(problems)];
}

/** The release's tag: as GitHub's workflow says, or the one on the present commit. */
export function releaseTag(root: string, environment: NodeJS.ProcessEnv): string | undefined {
  if (environment["GITHUB_REF_TYPE"] === "tag") return environment["GITHUB_REF_NAME"];
  const tags = execFileSync("git", ["tag", "--points-at", "HEAD", "--list", "v*"], { cwd: root, encoding: "utf8" });
  return tags.trim().split("\n")[0] || undefined;
}
