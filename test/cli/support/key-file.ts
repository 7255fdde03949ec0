import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Creates a file that is removed after the test. */
export function keyFile(content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "deepseek-key-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "key");
  writeFileSync(file, content);
  return file;
}
