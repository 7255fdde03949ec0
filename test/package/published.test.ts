import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { beforeAll, describe, expect, it } from "vitest";
import { pack } from "../support/packed-package.ts";

/* Checks the packed package with the usual tools. */

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("the packed package", () => {
  let tarball: Uint8Array<ArrayBuffer>;
  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "deepseek-packed-"));
    tarball = new Uint8Array(readFileSync(pack(folder)));
    rmSync(folder, { recursive: true });
  });

  it("has no problem that publint reports", async () => {
    const { messages } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
    expect(messages).toEqual([]);
  });

  it("has correct types for CommonJS, ESM and bundlers, in old and new TypeScript", async () => {
    const analysis = await checkPackage(createPackageFromTarballData(tarball));
    if (!analysis.types) throw new Error("The package has no types.");
    expect(analysis.problems).toEqual([]);
    const { "./package.json": _, ...exported } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).exports;
    expect(Object.keys(analysis.entrypoints)).toEqual(expect.arrayContaining(Object.keys(exported)));
  });
});

it("only the monitor loads @pulumi/aws", () => {
  const loads = (entry: string) => {
    const script = `
      require(${JSON.stringify(entry)});
      console.log(Object.keys(require.cache).some((file) => /@pulumi[\\\\/]aws[\\\\/]/.test(file)));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" });
    return stdout.trim() || stderr;
  };
  const entries = ["", "/provider/lifecycle", "/monitor/rehearsal", "/monitor"];
  expect(Object.fromEntries(entries.map((entry) => [entry, loads(`pulumi-deepseek${entry}`)]))).toEqual({
    "": "false",
    "/provider/lifecycle": "false",
    "/monitor/rehearsal": "false",
    "/monitor": "true",
  });
});
