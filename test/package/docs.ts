import { writeFileSync } from "node:fs";
import { makeReference } from "./reference.ts";

/*
 * The first part of `npm run docs`: writes the pages of the reference from the docstrings. The page of errors and the plugin's
 * schema are written by their tests: they load the sources, which Node alone cannot.
 */

for (const [path, text] of await makeReference()) writeFileSync(new URL(`../../${path}`, import.meta.url), text);
