import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { anchorsOf, linksOf } from "../support/markdown.ts";
import { addressesOf, asPublished, type Home, type Manifest } from "./published.ts";

/** The links and pictures of the published pages that lead nowhere. */
export function linkProblems(
  root: string,
  manifest: Manifest,
  tracked: readonly string[],
  home: Home,
): readonly string[] {
  const own = Object.values(addressesOf(manifest.version, home));
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const isFolder = (path: string) => tracked.some((file) => file.startsWith(`${path.replace(/\/$/, "")}/`));

  return manifest.files
    .filter((path) => path.endsWith(".md") && existsSync(join(root, path)))
    .flatMap((page) => {
      const text = asPublished(read(page), page, manifest.version, home);

      function problemOf(target: string): string | undefined {
        const prefix = own.find((one) => target.startsWith(one));
        const local = prefix === undefined ? target : target.slice(prefix.length);
        if (/^[a-z]+:/.test(local)) return URL.canParse(local) ? undefined : "it is not an address";
        const [file = "", anchor] = local.split("#");
        const path = file === "" ? page : prefix === undefined ? posix.join(dirname(page), file) : file;
        if (!tracked.includes(path)) return isFolder(path) ? undefined : "there is no such file in the repository";
        if (anchor === undefined || anchorsOf(path === page ? text : read(path)).includes(anchor)) return undefined;
        return `${path} has no heading '${anchor}'`;
      }

      return linksOf(text).flatMap(({ target }) => {
        const problem = problemOf(target);
        return problem === undefined ? [] : [`${page} links to ${target}: ${problem}.`];
      });
    });
}
