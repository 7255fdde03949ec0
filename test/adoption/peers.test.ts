import { describe, expect, inject, it } from "vitest";
import { Project } from "./project.ts";

/* Package managers enforce the version ranges of the peer dependencies in package.json. */

const manifest = {
  dependencies: {
    // Below the range.
    "@pulumi/pulumi": "3.113.0",
    "pulumi-deepseek": `file:${inject("tarball")}`,
  },
};

describe.concurrent("with a Pulumi SDK that is too old", () => {
  it("npm refuses to install the package", async ({ signal }) => {
    const creating = Project.create({ manager: "npm", manifest, program: {}, signal });
    await expect(creating).rejects.toThrow(/ERESOLVE.*peer @pulumi\/pulumi@"[^"]+" from pulumi-deepseek/s);
  });

  for (const manager of ["pnpm", "yarn"] as const) {
    it(`${manager} warns about the peer dependency`, async ({ signal }) => {
      await using project = await Project.create({ manager, manifest, program: {}, signal });
      expect(await project.unmetPeers()).toHaveLength(1);
    });
  }
});
