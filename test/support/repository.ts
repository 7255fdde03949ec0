import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const root = new URL("../../", import.meta.url);

const notOurs = /(^|[\\/])(node_modules|dist|coverage|reports|\.git|\.stryker-tmp)$/;

/** The paths of all Markdown files in the repository. */
export const documents: readonly string[] = globSync("**/*.md", {
  cwd: fileURLToPath(root),
  exclude: (path) => notOurs.test(path),
})
  .map((path) => path.replaceAll("\\", "/"))
  .toSorted();

export function read(path: string | URL): string {
  return readFileSync(new URL(path, root), "utf8");
}
