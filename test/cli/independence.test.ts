import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runNode } from "./support/run.ts";
import { SandboxedCommand } from "./support/sandbox.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/* The package installed without its peer dependencies: neither Pulumi nor AWS. */

const folder = mkdtempSync(join(tmpdir(), "deepseek-installed-"));
const main = join(folder, "dist/cli/main.js");
const service = new SandboxedCommand();

beforeAll(() => {
  cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true });
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  for (const name of Object.keys(dependencies)) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link, "junction");
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function installed(command: string, scenario: "good" | "wrong-key", env = {}) {
  const parameters = [main, command, "--base-url", service.sandbox.url, "--key-file", "-"];
  return runNode(parameters, { input: service.key(scenario), env });
}

describe("where Pulumi is not installed", () => {
  it("it cannot be loaded", () => {
    const { resolve } = createRequire(main);
    for (const name of ["@pulumi/pulumi", "@pulumi/aws"]) expect(() => resolve(name)).toThrow("Cannot find module");
  });

  it("check and models work", async () => {
    expect(await installed("check", "good")).toMatchObject({ code: 0, stderr: "" });
    expect(await installed("check", "wrong-key")).toMatchObject({ code: 3, stderr: "" });
    expect(await installed("models", "good")).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([["--help"], ["--version"], ["rehearse"], ["sandbox", "--help"]])("'%s %s' works", async (...parameters) => {
    expect(await runNode([main, ...parameters])).toMatchObject({ code: 0, stderr: "" });
  });
});

it("check and models work without permission to write files, so they store no part of a key", async () => {
  const env = { NODE_OPTIONS: "--permission --allow-fs-read=*" };
  const write = ["-e", 'require("node:fs").writeFileSync("file", "")'];
  expect(await runNode(write, { env, cwd: folder })).toMatchObject({
    stderr: expect.stringContaining("ERR_ACCESS_DENIED"),
  });
  for (const command of ["check", "models"]) expect(await installed(command, "good", env)).toMatchObject({ code: 0 });
});
