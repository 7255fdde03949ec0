import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { startSandbox } from "../../provider/sandbox/server.ts";
import { freshKey } from "../support/keys.ts";
import { packAs } from "../support/packed-package.ts";
import { programs } from "./programs.ts";
import { Project } from "./project.ts";
import { oldestSdk } from "./rows.ts";

it("an upgrade of the package and the SDK does not change a deployed connection", async ({ signal }) => {
  const folder = await mkdtemp(join(tmpdir(), "deepseek-upgrade-"));
  const sandbox = await startSandbox({ defaultScenario: "good" });
  try {
    const earlier = "0.0.1";
    const { manifest, files } = programs["JavaScript, CommonJS"];
    await using project = await Project.create({
      manager: "npm",
      manifest: {
        ...manifest,
        dependencies: { "@pulumi/pulumi": oldestSdk, "pulumi-deepseek": `file:${packAs(earlier, folder)}` },
      },
      program: files,
      config: { url: sandbox.url },
      signal,
    });
    const version = async () => {
      const { stdout } = await project.exec("node", "-p", "require('pulumi-deepseek/package.json').version");
      return stdout.trim();
    };
    expect(await version()).toBe(earlier);
    const key = freshKey();
    await project.stack.setConfig("deepseek:apiKey", key, { secret: true });
    const deployed = await project.stack.up("--skip-preview");
    expect(deployed.code, deployed.all).toBe(0);

    const dependencies = { "@pulumi/pulumi": inject("newestSdk"), "pulumi-deepseek": `file:${inject("tarball")}` };
    await project.change({ ...manifest, dependencies });
    expect(await version()).not.toBe(earlier);
    for (const command of [["preview"], ["refresh", "--yes"], ["up", "--yes", "--skip-preview"]]) {
      const { code, all } = await project.pulumi(...command, "--expect-no-changes");
      expect(code, all).toBe(0);
    }
    const destroyed = await project.stack.destroy("--skip-preview");
    expect(destroyed.code, destroyed.all).toBe(0);
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true });
  }
});
