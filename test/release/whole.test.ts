import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCommand } from "../../examples/demo/engine/command.ts";

test("the whole rehearsal passes: published locally, and used with each package manager", async ({ signal }) => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const { code, all } = await runCommand(process.execPath, [main], { env: process.env, signal });
  expect(code, all).toBe(0);
  for (const walker of ["npm", "pnpm", "yarn"]) {
    expect(all).toMatch(new RegExp(`${walker}: a key checked \\d+ s after an empty folder, the program previewed`));
  }
});
