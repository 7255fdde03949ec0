import { execFileSync } from "node:child_process";
import type { Manifest } from "./published.ts";

/** Files of the build that have no source of the same name. */
const made = [
  "dist/monitor/lambda/bundle/index.js",
  "dist/monitor/lambda/bundle/index.js.LEGAL.txt",
  "dist/monitor/runbook.html",
];

/** Sources that the bundle contains, or that only the build needs. */
const isCode = (path: string) => /^(provider|monitor|cli)\/.*\.ts$/.test(path);

/** The files that the package must have: the build of each source, and each page, picture and file that it names. */
function expectedFiles(manifest: Manifest, tracked: readonly string[]): ReadonlySet<string> {
  const excluded = manifest.files.filter((entry) => entry.startsWith("!")).map((entry) => entry.slice(1));
  const isExcluded = (path: string) => excluded.some((entry) => path === entry || path.startsWith(`${entry}/`));
  const built = tracked.filter(isCode).flatMap((path) => {
    const base = `dist/${path.replace(/\.ts$/, "")}`;
    return [`${base}.js`, `${base}.d.ts`].filter((file) => !isExcluded(file));
  });
  const named = manifest.files.filter((entry) => entry !== "dist" && !entry.startsWith("!"));
  const others = tracked.filter(
    (path) => named.some((entry) => path === entry || path.startsWith(`${entry}/`)) && !isExcluded(path),
  );
  return new Set([
    "package.json",
    "dist/provider/sandbox/package.json",
    ...built,
    ...made,
    ...named.filter((entry) => /\./.test(entry) || entry === "LICENSE"),
    ...others,
  ]);
}

/** The files in a packed package. */
function filesIn(tarball: string): ReadonlySet<string> {
  const listed = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
  return new Set(listed.map((path) => path.replace(/^package\//, "")));
}

/** What is missing in the packed package, and what does not belong there. */
export function contentProblems(manifest: Manifest, tracked: readonly string[], tarball: string): readonly string[] {
  const expected = expectedFiles(manifest, tracked);
  const found = filesIn(tarball);
  return [
    ...[...expected]
      .filter((path) => !found.has(path))
      .map((path) => `The package lacks ${path}. Run 'npm run build'.`),
    ...[...found]
      .filter((path) => !expected.has(path))
      .map(
        (path) =>
          `The package contains ${path}, which nothing in the sources explains. Delete it, or list it in test/release/contents.ts.`,
      ),
  ];
}
