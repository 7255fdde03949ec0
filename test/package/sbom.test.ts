import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { npm } from "../support/npm.ts";
import { bundledPackages, shippedPackage } from "./shipped.ts";

const { dependencies, devDependencies } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
);

describe("the bill of materials", () => {
  let bom: { bomFormat: string; metadata: { component: object }; components: readonly Component[] };
  let names: readonly string[];
  interface Component {
    readonly name: string;
    readonly version: string;
    readonly hashes?: readonly object[];
  }
  beforeAll(async () => {
    using shipped = await shippedPackage();
    bom = JSON.parse(npm(shipped.folder, "sbom", "--package-lock-only", "--sbom-format", "cyclonedx"));
    names = bom.components.map(({ name }) => name);
  });

  it("is CycloneDX and names the package", () => {
    expect(bom.bomFormat).toBe("CycloneDX");
    expect(bom.metadata.component).toMatchObject({ name: "pulumi-deepseek" });
  });

  it("lists each dependency that users install", () => {
    expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)));
  });

  it("lists each package whose code is in the Lambda's bundle", async () => {
    expect(names).toEqual(expect.arrayContaining([...(await bundledPackages())]));
  });

  it("lists no other development dependency", async () => {
    const bundled = await bundledPackages();
    expect(names.filter((name) => name in devDependencies && !bundled.has(name))).toEqual([]);
  });

  it("has the lockfile's versions and integrity hashes", () => {
    const { packages } = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8"));
    for (const { name, version, hashes } of bom.components) {
      expect({ name, version }).toEqual({ name, version: packages[`node_modules/${name}`]?.version });
      expect(hashes, name).toHaveLength(1);
    }
  });
});
