import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };

const root = fileURLToPath(new URL("../../", import.meta.url));
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");

/** The test files that a script of package.json runs, as listed by Vitest. */
function filesOf(script: "test" | "test:nightly"): readonly string[] {
  const [, parameters = ""] = manifest.scripts[script].split("vitest run ");
  const words = ["list", "--filesOnly", "--json", ...parameters.split(" ")];
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, ...words], { cwd: root, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  const listed: readonly { readonly file: string }[] = JSON.parse(stdout);
  return listed.map(({ file }) => relative(root, file));
}

it("each test file is run by exactly one of `npm test` and `npm run test:nightly`", () => {
  const [often, nightly] = [filesOf("test"), filesOf("test:nightly")];
  const all = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" }).map((path) => join("test", path));
  expect([...often, ...nightly].toSorted()).toEqual(all.filter((path) => path.endsWith(".test.ts")).toSorted());
  expect(often.length).toBeGreaterThan(50);
  expect(nightly.length).toBeGreaterThan(20);
});
