import { rmSync } from "node:fs";
import { access, cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gunzipSync } from "node:zlib";

/** The program's files by name, or a folder to copy. */
export type Program = Readonly<Record<string, string>> | { readonly directory: string };

interface Project {
  readonly program: Program;
  readonly name?: string;
  readonly config?: Readonly<Record<string, string>>;
  /** Installs the program's dependencies into its folder. @default a link to this repository's */
  readonly install?: (folder: string) => Promise<void>;
}

const nodeModules = fileURLToPath(new URL("../../../node_modules", import.meta.url));

/** Writes a program to a folder, with default files for what a project needs and the program does not contain. */
export async function layOut(
  folder: string,
  { program, name = "test", config = {}, install = linkModules }: Project,
): Promise<void> {
  const { directory, ...files } = program as Readonly<Record<string, string>>;
  if (directory !== undefined) {
    const filter = (path: string) => !["node_modules", "Pulumi.yaml"].includes(basename(path));
    await cp(directory, folder, { recursive: true, filter });
  }
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }

  const settings = Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `${name}:${key}`, value]);
  const standard = {
    "package.json": JSON.stringify({ name: "program", private: true, main: "index.js" }),
    "Pulumi.yaml": `name: ${name}\nruntime: nodejs\n`,
    // JSON is YAML. Written directly, because setting a value with the CLI takes a third of a second.
    "Pulumi.dev.yaml": JSON.stringify({ config: Object.fromEntries(settings) }),
  };
  for (const [file, content] of Object.entries(standard)) {
    const path = join(folder, file);
    await access(path).catch(() => writeFile(path, content));
  }
  await install(folder);
}

/** The linked folder also contains this package, as a link to itself. */
function linkModules(folder: string): Promise<void> {
  return symlink(nodeModules, join(folder, "node_modules"), "junction");
}

/** Every file in a folder, without following links. The CLI's logs are decompressed, so that they can be searched. */
export async function readAll(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = async (path: string) => [relative(folder, path), unpacked(await readFile(path))] as const;
  return new Map(await Promise.all(paths.map(read)));
}

function unpacked(content: Buffer): Buffer {
  const isGzip = content[0] === 0x1f && content[1] === 0x8b;
  // The log of a command that was killed, or is still running, is incomplete.
  return isGzip ? gunzipSync(content, { finishFlush: constants.Z_SYNC_FLUSH }) : content;
}

export function removeNow(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
