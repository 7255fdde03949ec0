import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { anchorsOf, linksOf } from "../support/markdown.ts";
import { asPublished, type Home, type Manifest } from "./published.ts";

/** The links and pictures of the published pages that lead nowhere. */
export function linkProblems(
  root: string,
  manifest: Manifest,
  tracked: readonly string[],
  home: Home,
): readonly string[] {
  const pages = manifest.files.filter((path) => path.endsWith(".md") && existsSync(join(root, path)));
  const known = new Set(tracked);
  const text = (path: string) => asPublished(readFileSync(join(root, path), "utf8"), path, manifest.version, home);
  return pages.flatMap((page) =>
    linksOf(text(page)).flatMap(({ target }) => {
      const reason = problemOf(root, page, target, known, manifest.version, home, text(page));
      return reason === undefined ? [] : [`${page} links to ${target}: ${reason}.`];
    }),
  );
}

function problemOf(
  root: string,
  page: string,
  target: string,
  known: ReadonlySet<string>,
  version: string,
  { repository }: Home,
  text: string,
): string | undefined {
  const own = [
    `https://github.com/${repository}/blob/v${version}/`,
    `https://raw.githubusercontent.com/${repository}/v${version}/`,
  ];
  const prefix = own.find((one) => target.startsWith(one));
  const local = prefix === undefined ? target : target.slice(prefix.length);
  if (/^[a-z]+:/.test(local)) return URL.canParse(local) ? undefined : "it is not an address";
  const [file = "", anchor] = local.split("#");
  const path = file === "" ? page : prefix === undefined ? posix.join(dirname(page), file) : file;
  if (!known.has(path))
    return isTrackedFolder(root, path, known) ? undefined : "there is no such file in the repository";
  if (anchor === undefined) return undefined;
  const anchors = anchorsOf(path === page ? text : readFileSync(join(root, path), "utf8"));
  return anchors.includes(anchor) ? undefined : `${path} has no heading '${anchor}'`;
}

function isTrackedFolder(root: string, path: string, known: ReadonlySet<string>): boolean {
  const folder = join(root, path);
  return (
    existsSync(folder) &&
    statSync(folder).isDirectory() &&
    [...known].some((file) => file.startsWith(`${path.replace(/\/$/, "")}/`))
  );
}
