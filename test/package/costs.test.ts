import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { rowsOf } from "../support/markdown.ts";

const page = readFileSync(new URL("../../monitor/COSTS.md", import.meta.url), "utf8");

/** The figures that `npm run bench:cost` prints, by label. */
function printed(): ReadonlyMap<string, readonly number[]> {
  const script = fileURLToPath(new URL("../bench/main.ts", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "cost"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`The benchmark failed: ${stderr.slice(0, 2_000)}`);
  const lines = stdout.split("\n").map((line) => line.split(/ {2,}/));
  return new Map(lines.map(([label = "", ...cells]) => [label, cells.map(amount)]));
}

function amount(text: string): number {
  return Number(text.replaceAll(",", ""));
}

describe("COSTS.md", () => {
  const figures = printed();
  const [, beginning = ""] = page.split(/^# .*$/m);
  const rows = [
    ...rowsOf(`\n## All\n${beginning}`, "All"),
    ...rowsOf(page, "What drives it"),
    ...rowsOf(page, "What lowers it"),
  ].map((row) => row.split("|").map((cell) => cell.trim()));

  it("has a row for each total, each cost driver and each way to lower the costs", () => {
    expect(rows).toHaveLength(16);
  });

  it.each(rows)("%s%s has the figures that the benchmark prints", (_, label = "", ...cells) => {
    const shown = cells.slice(0, 4).map(amount);
    const counted = figures.get(label) ?? [];
    expect(counted, label).toHaveLength(4);
    // The page rounds, and a log line is a few bytes longer if a call took longer.
    for (const [index, usd] of counted.entries()) expect(Math.abs((shown[index] ?? 0) / usd - 1)).toBeLessThan(0.01);
  });
});
