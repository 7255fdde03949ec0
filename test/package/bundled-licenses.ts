/*
 * A part of the build: writes the licences of the packages in the bundle of the monitor's function.
 *
 * node test/package/bundled-licenses.ts <file to write>
 */
import { writeFileSync } from "node:fs";
import { licensesOf } from "./licenses.ts";
import { bundledPackages } from "./shipped.ts";

const [, , file] = process.argv;
if (file === undefined) throw new Error("Name the file to write.");
writeFileSync(file, licensesOf(await bundledPackages()));
