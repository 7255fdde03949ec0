import { mkdirSync, writeFileSync } from "node:fs";
import { ensureEngine } from "../../examples/demo/engine/engine.ts";
import { folder, makePictures } from "./pictures.ts";

/* `npm run pictures`: draws the pictures that the documentation shows. */

mkdirSync(folder, { recursive: true });
for (const [name, svg] of await makePictures(await ensureEngine(console.log))) {
  writeFileSync(new URL(name, folder), svg);
  console.log(`${name}: ${Math.ceil(Buffer.byteLength(svg) / 1_000)} kB`);
}
