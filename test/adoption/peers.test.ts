import { describe, expect, inject, it } from "vitest";
import { Project } from "./project.ts";

/* The range of versions in package.json is what the package managers hold users to. */

const manifest = {
  dependencies: {
    // Below the range.
    "@pulumi/pulumi": "3.113.0",
    "pulumi-deepseek": `file:${inject("tarball")}`,
  },
};

describe.concurrent("with an SDK that is too old", () => {
  it("npm does not install the package", async ({ signal }) => {
    const creating = Project.create({ manager: "npm", manifest, program: {}, signal });
    await expect(creating).rejects.toThrow(/ERESOLVE.*peer @pulumi\/pulumi@"[^"]+" from pulumi-deepseek/s);
  });

  for (const manager of ["pnpm", "yarn"] as const) {
    it(`${manager} warns`, async ({ signal }) => {
      await using project = await Project.create({ manager, manifest, program: {}, signal });
      expect(await project.unmetPeers()).toHaveLength(1);
    });
  }
});
