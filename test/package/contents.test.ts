import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { linksOf } from "../support/markdown.ts";
import { npm } from "../support/npm.ts";
import { read, root } from "../support/repository.ts";

/* The files that `npm publish` would send, from the existing build, which the engine's tests use too. */

const manifest = JSON.parse(read("package.json"));

/** All published files, with the reason. */
const expected: readonly (readonly [why: string, path: RegExp])[] = [
  ["npm's own", /^package\.json$/],
  ["to be read by people", /^(README\.md|CHANGELOG\.md|LICENSE)$/],
  ["alarms link to it", /^dist\/monitor\/runbook\.html$/],
  ["its source", /^monitor\/RUNBOOK\.md$/],
  [
    "what each input does, what each message means, what it costs, what its limits are",
    /^(provider|monitor|monitor\/rehearsal)\/(REFERENCE|ERRORS|COSTS|GUIDE)\.md$/,
  ],
  ["the pictures of the README and of the monitor's guide", /^examples\/pictures\/[\w-]+\.svg$/],
  ["the code", /^dist\/(provider|monitor|cli)\/([\w-]+\/)*[\w-]+\.js$/],
  ["its types", /^dist\/(provider|monitor|cli)\/([\w-]+\/)*[\w-]+\.d\.ts$/],
  ["the licences of what is bundled", /^dist\/monitor\/lambda\/bundle\/index\.js\.LEGAL\.txt$/],
  ["the sandbox is a module of its own kind", /^dist\/provider\/sandbox\/package\.json$/],
];

/** The formats of keys and tokens of this and other services. */
const secrets: readonly RegExp[] = [
  /\bsk-[0-9a-zA-Z]{16,}/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\b(npm_|ghp_|github_pat_|pul-)[0-9A-Za-z]{20,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];

describe("the published package", () => {
  let paths: readonly string[];
  beforeAll(() => {
    const [packed] = JSON.parse(npm(fileURLToPath(root), "pack", "--dry-run", "--json", "--ignore-scripts"));
    paths = packed.files.map(({ path }: { path: string }) => path);
  });

  it("contains only the expected files: no tests, source maps, build state or dotfiles", () => {
    expect(paths.filter((path) => !expected.some(([, pattern]) => pattern.test(path)))).toEqual([]);
    for (const [why, pattern] of expected)
      expect(
        paths.some((path) => pattern.test(path)),
        why,
      ).toBe(true);
  });

  it("contains every file that package.json refers to", () => {
    const { main, types, exports, bin } = manifest;
    const targets = JSON.stringify([main, types, exports, bin]).match(/(?<=")\.\/[^"]+(?="(?!:))/g) ?? [];
    expect(targets.length).toBeGreaterThan(8);
    expect(paths).toEqual(expect.arrayContaining(targets.map((target) => target.slice(2))));
    expect(paths).toContain("dist/monitor/lambda/bundle/index.js");
  });

  it("contains each page and picture that a published page links to, except those marked as in the repository", () => {
    for (const path of paths.filter((path) => path.endsWith(".md"))) {
      const text = read(path);
      const marked = /^- \*\*[^*]*\*\*, in the repository:.*(\n {2}.*)*/gm;
      for (const { target } of linksOf(text.replaceAll(marked, ""))) {
        if (/^(#|[a-z]+:)/.test(target)) continue;
        const page = new URL(target, new URL(path, "file:///")).pathname.slice(1);
        expect(paths, `${path} links to ${target}`).toContain(page);
      }
    }
  });

  it("contains no compiled file whose source was deleted", () => {
    const built = paths.filter((path) => /^dist\/.*\.js$/.test(path) && !path.includes("/bundle/"));
    const sources = built.map((path) => path.replace(/^dist\/(.*)\.js$/, "$1.ts"));
    const gone = sources.filter((path) => !existsSync(new URL(path, root)));
    expect(gone, "of an older build: remove 'dist' and build again").toEqual([]);
  });

  it("contains nothing that looks like a key, and no path of the machine that built it", () => {
    for (const path of paths) {
      const text = read(path);
      for (const secret of secrets) expect(text, path).not.toMatch(secret);
      expect(text, path).not.toContain(fileURLToPath(root));
      expect(text, path).not.toContain("sourceMappingURL");
    }
  });
});

describe("installing the package", () => {
  // `prepare` builds in a clone and before packing. It does not run when the package is installed from a registry.
  it("runs no script of the package", () => {
    const atInstall = /^(pre|post)?install$|^(pre|post)prepare$|^prepublish$|^dependencies$/;
    expect(Object.keys(manifest.scripts).filter((name) => atInstall.test(name))).toEqual([]);
    // npm runs node-gyp if this file exists.
    expect(existsSync(new URL("binding.gyp", root))).toBe(false);
  });

  it("runs no script of a dependency", () => {
    const { packages } = JSON.parse(read("package-lock.json"));
    const installed = Object.entries<Readonly<Record<string, unknown>>>(packages).filter(
      ([path, { dev, link }]) => path !== "" && dev !== true && link !== true,
    );
    expect(installed.map(([path]) => path)).toEqual(
      expect.arrayContaining(Object.keys(manifest.dependencies).map((name) => `node_modules/${name}`)),
    );
    for (const [path, { hasInstallScript, integrity }] of installed) {
      expect({ path, hasInstallScript }).toEqual({ path, hasInstallScript: undefined });
      expect(integrity, path).toMatch(/^sha512-/);
    }
  });
});
