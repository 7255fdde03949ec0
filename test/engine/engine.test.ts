import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { engineVersion } from "../../examples/demo/engine/build.ts";
import { ensureEngine } from "../../examples/demo/engine/engine.ts";
import { executables, locateOnPath } from "../../examples/demo/engine/locate.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "engine-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A folder with executables that print a version and do nothing else. */
async function fakeEngine(name: string, version: string, files: readonly string[] = executables): Promise<string> {
  const bin = join(folder, name);
  await mkdir(bin, { recursive: true });
  for (const file of files) {
    await writeFile(join(bin, file), `#!/bin/sh\necho v${version}\n`);
    await chmod(join(bin, file), 0o755);
  }
  return bin;
}

const withPath = (...folders: string[]) => ({ PATH: folders.join(delimiter) });

test("ensureEngine finds or installs the engine", { timeout: 20 * 60_000 }, async () => {
  const engine = await ensureEngine(console.log, { ...process.env, DEEPSEEK_API_KEY: "sk-none" });
  expect(engine.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(engine.env).not.toHaveProperty("DEEPSEEK_API_KEY");
  expect(engine.env["PATH"]).toContain(process.env["PATH"]);
});

test("an engine on the PATH is used, but never npm's script of that name", async () => {
  const npm = await fakeEngine("node_modules/.bin", "9.9.9");
  const installed = await fakeEngine("installed", "4.0.0");
  const engine = await ensureEngine(undefined, withPath(npm, installed));
  expect(engine).toMatchObject({ pulumi: join(installed, "pulumi"), origin: "path", version: "4.0.0" });
});

test.each([
  ["3.259.0", "is taken"],
  ["3.1000.0-beta.1", "is taken"],
  ["3.258.9", "is too old"],
  ["3.26.0", "is too old"],
])("an engine of version %s on the PATH %s", async (version, outcome) => {
  const located = locateOnPath("3.259.0", withPath(await fakeEngine("bin", version)));
  if (outcome === "is taken") expect(await located).toMatchObject({ version });
  else await expect(located).rejects.toThrow(`is version ${version}, older than 3.259.0`);
});

test.each(executables.slice(1))("an engine without %s is not used", async (missing) => {
  const bin = await fakeEngine(
    "bin",
    "4.0.0",
    executables.filter((name) => name !== missing),
  );
  await expect(locateOnPath("3.259.0", withPath(bin))).rejects.toThrow(`'${missing}' is missing`);
});

test("the engine's executables may be in several folders of the PATH", async () => {
  const cli = await fakeEngine("a", "4.0.0", ["pulumi"]);
  const rest = await fakeEngine("b", "4.0.0", executables.slice(1));
  expect(await locateOnPath("3.259.0", withPath(cli, rest))).toMatchObject({ version: "4.0.0" });
});

test("an engine that was installed earlier is used again", async () => {
  const home = join(folder, "home");
  const version = await engineVersion();
  const bin = await fakeEngine(`home/versions/${version}/bin`, version);
  const lines: string[] = [];
  const environment = { ...withPath(folder), PULUMI_HOME: home };
  const engine = await ensureEngine((line) => lines.push(line), environment);
  expect(engine).toMatchObject({ pulumi: join(bin, "pulumi"), origin: "build" });
  expect(lines).toEqual([]);
});

test("ensureEngine fails with one error that says what it tried and what to do", async () => {
  const old = await fakeEngine("old", "3.1.0");
  // A home directory that is a file makes every installation fail, on any machine.
  const home = join(folder, "home");
  await writeFile(home, "");
  const failure = await ensureEngine(undefined, { ...withPath(old), PULUMI_HOME: home }).catch((error: Error) => error);
  expect(failure).toBeInstanceOf(Error);
  const { message } = failure as Error;
  expect(message).toContain(`Pulumi ${await engineVersion()} or newer was not found and could not be installed.`);
  expect(message).toContain("The PATH: ");
  expect(message).toContain("is version 3.1.0, older than ");
  expect(message).toContain("The download by the npm package 'pulumi': ");
  expect(message).toContain("The build from Go modules: ");
  expect(message).toMatch(/Install Pulumi \(https:\/\/\S+\), or Go 1\.26/);
  expect(message.length).toBeLessThan(2000);
});
