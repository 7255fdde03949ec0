import { readFile } from "node:fs/promises";
import { usageError } from "./usage.ts";

/**
 * Reads extra headers from a file with `name: value` on each line. The input's schema decides which are allowed.
 *
 * @throws UsageError, which contains neither a value nor the file's name: someone may have typed a header there
 */
export async function readHeaders(file: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw usageError("header-file-unreadable", { code: error.code ?? "" });
  });
  const headers = new Map<string, string>();
  const lines = text.replace(/^\ufeff/, "").split("\n");
  for (const [index, given] of lines.entries()) {
    const line = given.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, name, value] = /^([^:]+):(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw usageError("header-file-line", { line: index + 1 });
    if (headers.has(name.trim())) throw usageError("header-file-duplicate", { line: index + 1 });
    headers.set(name.trim(), value.trim());
  }
  return Object.fromEntries(headers);
}
