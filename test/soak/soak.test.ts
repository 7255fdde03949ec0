import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { trendsOf, type Vitals } from "./vitals.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

async function run(...parameters: string[]) {
  const child = spawn(process.execPath, ["--expose-gc", main, ...parameters], { stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}

test("a short soak uses constant memory and handles, and every run has the expected result", {
  timeout: 240_000,
}, async () => {
  const { code, stdout, stderr } = await run("--hours", "1", "--minutes", "0.25");
  expect(code, stdout + stderr).toBe(0);
  // 60 runs by the simulated clock and 15 by the real one, of 50 connections each.
  expect(stdout.match(/\d+ probes, \d+ runs with another result/g)).toEqual([
    "3000 probes, 0 runs with another result",
    "750 probes, 0 runs with another result",
  ]);
});

test("an invalid duration of a soak is refused", async () => {
  expect(await run("--minutes", "many")).toEqual({
    code: 2,
    stdout: "",
    stderr: "--minutes takes a number above 0, at most 1440, not 'many'.\n",
  });
});

describe("the memory and handles of a process are judged", () => {
  const steady: Vitals = { minute: 0, heapMegabytes: 12, rssMegabytes: 180, resources: 4, files: 150 };
  const grown = (growth: (index: number) => Partial<Vitals>) =>
    trendsOf(Array.from({ length: 24 }, (_, index) => ({ ...steady, minute: index, ...growth(index) })))
      .filter(({ isFlat }) => !isFlat)
      .map(({ figure }) => figure);

  test("constant if they go up and down, or grow in the first half only", () => {
    expect(grown((index) => ({ heapMegabytes: 12 + (index % 3) }))).toEqual([]);
    expect(
      grown((index) => ({ rssMegabytes: Math.min(100 + 10 * index, 200), files: Math.min(10 * index, 100) })),
    ).toEqual([]);
  });

  test("growing if the last quarter has more than the third", () => {
    expect(grown((index) => ({ heapMegabytes: 12 + index * 0.2 }))).toEqual(["heapMegabytes"]);
    expect(grown((index) => ({ resources: 4 + 2 * index, files: 150 + 5 * index }))).toEqual(["resources", "files"]);
    expect(grown((index) => ({ rssMegabytes: 180 + 10 * index }))).toEqual(["rssMegabytes"]);
  });
});
