/*
 * A part of the build: writes the licences of the packages in the bundle of the monitor's function, which the MIT License asks for.
 * Their sources have no licence comments that esbuild could collect.
 *
 * node test/package/bundled-licenses.ts <file to write>
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { bundledPackages } from "./shipped.ts";

const [, , file] = process.argv;
if (file === undefined) throw new Error("Name the file to write.");

const licenses = [...(await bundledPackages())].sort().map((name) => {
  const license = readdirSync(`node_modules/${name}`).find((entry) => /^licen[sc]e/i.test(entry));
  if (license === undefined) throw new Error(`The package ${name} is in the bundle and has no licence.`);
  return `${name}\n\n${readFileSync(`node_modules/${name}/${license}`, "utf8").trim()}\n`;
});
writeFileSync(file, licenses.join("\n----\n\n"));
