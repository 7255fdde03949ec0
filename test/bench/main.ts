// npm run bench: all benchmarks, one after another, with one table of their figures, also in reports/bench.md, and a drawing
// of it, reports/bench.svg. `npm run bench:<name>` runs one of them and prints its table. Fails if a figure is above its
// limit. On a busy machine, only compare figures of the same run.
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { cost } from "./cost.ts";
import { drawingOf } from "./drawing.ts";
import { type Bench, type Figure, isOver, markdownOf, textOf } from "./figure.ts";
import { monitor } from "./monitor.ts";
import { plugin } from "./plugin.ts";
import { preview } from "./preview.ts";
import { probe } from "./probe.ts";

const benches: Readonly<Record<string, Bench>> = { preview, plugin, probe, monitor, cost };
const reports = fileURLToPath(new URL("../../reports", import.meta.url));

const names = process.argv.slice(2);
const stranger = names.find((name) => benches[name] === undefined);
if (stranger !== undefined) {
  console.error(`There is no benchmark '${stranger}'. There are: ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}

const begun = performance.now();
const progress = (line: string) =>
  console.log(`${String(Math.round((performance.now() - begun) / 1_000)).padStart(4)} s  ${line}`);
const figures: Figure[] = [];
const details: string[] = [];
const failures: string[] = [];
for (const [name, bench] of Object.entries(benches)) {
  if (names.length > 0 && !names.includes(name)) continue;
  progress(name);
  try {
    const found = await bench((line) => progress(`  ${line}`));
    figures.push(...found.figures);
    if (found.details !== undefined) details.push(`${name}\n\n${found.details}`);
  } catch (error) {
    // Continues, since the other benchmarks' figures are still useful.
    failures.push(`${name} broke off: ${error instanceof Error ? error.message : error}`);
    progress(failures.at(-1) ?? "");
  }
}

const [{ model = "unknown" } = {}] = cpus();
const machine =
  `${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GB, Node.js ${process.versions.node}, ` +
  `${new Date().toISOString().slice(0, 10)}, ${Math.round((performance.now() - begun) / 1_000)} s`;
for (const detail of details) console.log(`\n${detail}`);
console.log(`\n${textOf(figures)}\n\n${machine}`);
if (names.length === 0) {
  await mkdir(reports, { recursive: true });
  await writeFile(
    `${reports}/bench.md`,
    `# Figures\n\n${markdownOf(figures)}\n\n${machine}\n${details.map((detail) => `\n\`\`\`text\n${detail}\n\`\`\`\n`).join("")}`,
  );
  await writeFile(`${reports}/bench.svg`, drawingOf(figures, machine));
  console.log("Also in reports/bench.md, and as a drawing in reports/bench.svg");
}
const over = figures.filter(isOver).length;
if (over > 0) console.log(`${over} of ${figures.length} figures are above their limits.`);
for (const failure of failures) console.log(failure);
process.exitCode = over + failures.length > 0 ? 1 : 0;
