import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../../", import.meta.url));

/** The packages that the core may use. */
export const corePackages = ["p-limit", "undici", "zod"];

/** A folder with the core and its packages, from which nothing else can be resolved. */
export function copyCore(): { readonly folder: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), "deepseek-core-"));
  cpSync(join(root, "provider/deepseek"), join(folder, "deepseek"), { recursive: true });
  // Node strips the types; as ES modules, since the sources are written with `import`.
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  mkdirSync(join(folder, "node_modules"));
  for (const name of corePackages) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction");
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs a program in such a folder in a separate process, and returns its output. */
export async function runIn(folder: string, program: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const file = join(folder, "program.ts");
  writeFileSync(file, program);
  // An empty lower-case variable, as in the tests' environment, would override the given one.
  const inherited = Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name));
  const child = spawn(process.execPath, [file], {
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (child.exitCode !== 0) throw new Error(errors);
  return output;
}
