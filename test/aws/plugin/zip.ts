import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";

/** Zips a folder, or returns a zip file unchanged. Source of the layout: PKWARE's APPNOTE.TXT, 4.3 and 4.4. */
export function zipOf(path: string): Buffer {
  if (statSync(path).isFile()) return readFileSync(path);
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return zip(files.sort().map((file) => [relative(path, file).split(sep).join("/"), readFileSync(file)]));
}

function zip(files: readonly (readonly [name: string, content: Buffer])[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of files) {
    const name = Buffer.from(path);
    const packed = deflateRawSync(content);
    // Version 2.0, names in UTF-8, deflate, 1 January 1980.
    const common = Buffer.concat([
      words(20, 0x0800, 8, 0, 0x21),
      longs(crc32(content), packed.length, content.length),
      words(name.length, 0),
    ]);
    const body = Buffer.concat([longs(0x04034b50), common, name, packed]);
    bodies.push(body);
    // Made on Unix, so the attributes mean that all users can read the file.
    const attributes = [words(0, 0, 0), longs((0o100644 << 16) >>> 0, offset)];
    directory.push(Buffer.concat([longs(0x02014b50), words((3 << 8) | 20), common, ...attributes, name]));
    offset += body.length;
  }
  const index = Buffer.concat(directory);
  const end = [longs(0x06054b50), words(0, 0, files.length, files.length), longs(index.length, offset), words(0)];
  return Buffer.concat([...bodies, index, ...end]);
}

function words(...numbers: number[]): Buffer {
  return Buffer.from(Uint16Array.from(numbers).buffer);
}

function longs(...numbers: number[]): Buffer {
  return Buffer.from(Uint32Array.from(numbers).buffer);
}
