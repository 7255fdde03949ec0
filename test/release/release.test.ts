import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runCommand } from "../../examples/demo/engine/command.ts";
import { trackedFiles } from "./published.ts";

const source = fileURLToPath(new URL("../../", import.meta.url));

/** A copy of the repository with its build, in which a test breaks something. */
let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "deepseek-release-"));
  symlinkSync(join(source, "node_modules"), join(copy, "node_modules"), "junction");
  execFileSync("git", ["init", "--quiet"], { cwd: copy });
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

beforeEach(() => {
  for (const path of [...trackedFiles(source), "dist"]) {
    rmSync(join(copy, path), { recursive: true, force: true });
    cpSync(join(source, path), join(copy, path), { recursive: true, preserveTimestamps: true });
  }
  execFileSync("git", ["add", "--all"], { cwd: copy });
  const author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  execFileSync("git", [...author, "commit", "--quiet", "--allow-empty", "--message", "as it is"], { cwd: copy });
});

const file = (path: string) => join(copy, path);
const text = (path: string) => readFileSync(file(path), "utf8");

/** Runs the first part of the rehearsal: all checks, and the build of the artefacts. */
async function build(...parameters: readonly string[]) {
  const { GITHUB_REF_TYPE: _, GITHUB_REPOSITORY: __, ...env } = process.env;
  const words = [file("test/release/main.ts"), "--build-only", ...parameters];
  return runCommand(process.execPath, words, { cwd: copy, env });
}

test("the release as it is passes, and lists each artefact and what only the owner can do", async () => {
  const { code, all } = await build();
  expect(code, all).toBe(0);
  expect(all).toMatch(/^pulumi-deepseek-\d+\.\d+\.\d+\.tgz +\d+ kB +[0-9a-f]{64} +checked$/m);
  expect(all).toMatch(/^sbom\.cdx\.json +\d+ kB +[0-9a-f]{64} +checked$/m);
  expect(all).toContain("Only the owner can do the rest:");
});

describe("the release fails", () => {
  const problemsOf = async (...parameters: readonly string[]) => {
    const { code, all } = await build(...parameters);
    expect(code, all).toBe(1);
    return all.slice(all.indexOf("The release would fail:")).trim().split("\n").slice(1);
  };

  test("without a published file", async () => {
    rmSync(file("dist/monitor/runbook.html"));
    expect(await problemsOf()).toEqual(["  - The package lacks dist/monitor/runbook.html. Run 'npm run build'."]);
  });

  test("with a file that does not belong to it", async () => {
    writeFileSync(file("dist/provider/notes.js"), "");
    expect(await problemsOf()).toEqual([expect.stringContaining("The package contains dist/provider/notes.js")]);
  });

  test("with a link that leads nowhere, to a file or to a heading", async () => {
    appendFileSync(
      file("README.md"),
      "\n[a](monitor/GONE.md) [b](monitor/GUIDE.md#gone) ![c](examples/pictures/gone.svg)\n",
    );
    expect(await problemsOf()).toEqual([
      expect.stringMatching(/README\.md links to https:.*\/monitor\/GONE\.md: there is no such file/),
      expect.stringMatching(/README\.md links to https:.*GUIDE\.md#gone: monitor\/GUIDE\.md has no heading 'gone'/),
      expect.stringMatching(/README\.md links to https:\/\/raw\..*gone\.svg: there is no such file/),
    ]);
  });

  test("with a version that was changed in one place only", async () => {
    writeFileSync(file("package.json"), text("package.json").replace(/"version": "[^"]+"/, '"version": "9.9.9"'));
    const problems = (await problemsOf()).join("\n");
    for (const place of ["package-lock.json has", "CHANGELOG.md begins", "examples/ci/package.json has"]) {
      expect(problems).toContain(place);
    }
  });

  test("with a tag of another version, or before the changelog has a date", async () => {
    execFileSync("git", ["tag", "v8.8.8"], { cwd: copy });
    const problems = (await problemsOf()).join("\n");
    execFileSync("git", ["tag", "--delete", "v8.8.8"], { cwd: copy });
    expect(problems).toContain("The tag is v8.8.8, but the package's version is");
    expect(problems).toContain("Replace 'not released yet' by the date.");
  });

  test("with an artefact that was changed after it was built", async () => {
    const folder = file("reports/release");
    expect((await build("--artefacts", folder)).code).toBe(1);
    expect((await build()).code).toBe(0);
    expect((await build("--artefacts", folder)).code).toBe(0);
    appendFileSync(join(folder, "sbom.cdx.json"), " ");
    expect(await problemsOf("--artefacts", folder)).toEqual([
      "  - sbom.cdx.json is not the file that was built: its checksum differs from SHA256SUMS.",
    ]);
  });

  test("before it does anything, if the registry is not on this machine", async () => {
    expect(await problemsOf("--registry", "https://registry.npmjs.org")).toEqual([
      expect.stringContaining("publishes only to a registry on this machine, not to registry.npmjs.org"),
    ]);
  });
});

test("'npm version' leaves no old version anywhere", async () => {
  const words = ["version", "9.9.9", "--no-git-tag-version"];
  const { code, all } = await runCommand("npm", words, { cwd: copy, env: process.env });
  expect(code, all).toBe(0);
  expect(text("examples/ci/package.json")).toContain('"pulumi-deepseek": "^9.9.9"');
  const built = await build();
  expect(built.code, built.all).toBe(0);
  expect(built.all).toContain("pulumi-deepseek-9.9.9.tgz");
});
