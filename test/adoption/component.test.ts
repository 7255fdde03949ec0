import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { startSandbox } from "../../provider/sandbox/server.ts";
import { freshKey } from "../support/keys.ts";
import { pack } from "../support/packed-package.ts";
import { Project } from "./project.ts";
import { oldestSdk } from "./rows.ts";

/* A company's component package depends on this one, and pnpm does not install it where the engine looks. */

const component = `
const pulumi = require("@pulumi/pulumi");
const { DeepSeekConnection } = require("pulumi-deepseek");
exports.Assistant = class extends pulumi.ComponentResource {
  constructor(name, { baseUrl }) {
    super("company:index:Assistant", name);
    this.status = new DeepSeekConnection(name, { baseUrl }, { parent: this }).status;
  }
};
`;

/** Packs the company's package. */
async function packCompany(folder: string): Promise<string> {
  const manifest = {
    name: "company-components",
    version: "1.0.0",
    main: "index.js",
    dependencies: { "pulumi-deepseek": `file:${inject("tarball")}` },
    peerDependencies: { "@pulumi/pulumi": `^${oldestSdk}` },
  };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await writeFile(join(folder, "index.js"), component);
  return pack(folder, folder);
}

it("under pnpm, a program that uses a company's component fails with the package to add, and works after it is added", async ({
  signal,
}) => {
  const folder = await mkdtemp(join(tmpdir(), "deepseek-company-"));
  const sandbox = await startSandbox({ defaultScenario: "good" });
  try {
    const dependencies = {
      "@pulumi/pulumi": inject("newestSdk"),
      "company-components": `file:${await packCompany(folder)}`,
    };
    await using project = await Project.create({
      manager: "pnpm",
      manifest: { dependencies },
      program: {
        "index.js": `
const pulumi = require("@pulumi/pulumi");
const { Assistant } = require("company-components");
exports.status = new Assistant("main", { baseUrl: new pulumi.Config().require("url") }).status;`,
      },
      config: { url: sandbox.url },
      signal,
    });
    const key = freshKey();
    await project.stack.setConfig("deepseek:apiKey", key, { secret: true });
    const refused = await project.stack.preview();
    expect(refused.code).not.toBe(0);
    expect(refused.all).toMatch(
      /Pulumi cannot load 'pulumi-deepseek' from .*: add it to the dependencies in the program's own package.json/,
    );
    expect(sandbox.requests).toEqual([]);

    await project.change({ dependencies: { ...dependencies, "pulumi-deepseek": `file:${inject("tarball")}` } });
    const { code, all } = await project.stack.up();
    expect(code, all).toBe(0);
    expect(await project.stack.outputs()).toEqual({ status: "valid" });
    const destroyed = await project.stack.destroy("--skip-preview");
    expect(destroyed.code, destroyed.all).toBe(0);
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true });
  }
});
