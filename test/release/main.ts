/*
 * `npm run release:rehearse`: does everything that a release does, except what only the owner can do, from the built artefacts and
 * without leaving this machine. Exit code 0: the release would work. 1: it would not; the reasons are printed.
 *
 * `npm run release:build` only builds the artefacts and checks them, as the release workflow does.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { table } from "../../dist/cli/terminal.js";
import { ensureEngine } from "../../examples/demo/engine/engine.ts";
import { onInterruption } from "../../examples/demo/engine/interruption.ts";
import { ensureTools } from "../adoption/tools.ts";
import { artefactsIn, buildArtefacts, checksumProblems, packageIn } from "./artefacts.ts";
import { contentProblems } from "./contents.ts";
import { linkProblems } from "./links.ts";
import { asPublished, homeOf, readManifest, trackedFiles } from "./published.ts";
import { publish, requireLoopback, startRegistry } from "./registry.ts";
import { releaseTag, versionProblems } from "./version.ts";
import { walk, walkers } from "./walk.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const usage = `Usage: npm run release:rehearse -- [--artefacts <folder>] [--registry <url>]
       npm run release:build

  --artefacts <folder>  rehearse with the artefacts in this folder, instead of building them into reports/release
  --registry <url>      publish to this registry, which must be on this machine, instead of starting one`;

const begun = performance.now();
const say = (line: string) => console.log(`${((performance.now() - begun) / 1_000).toFixed(0).padStart(4)} s  ${line}`);

const { values } = parseArgs({
  options: {
    "build-only": { type: "boolean", default: false },
    artefacts: { type: "string" },
    registry: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(usage);
else {
  process.exitCode = await rehearse().catch((error: unknown) => {
    return complain([error instanceof Error ? error.message : String(error)]);
  });
}

async function rehearse(): Promise<number> {
  if (values.registry !== undefined) requireLoopback(values.registry);
  const folder = resolve(values.artefacts ?? join(root, "reports", "release"));
  const manifest = readManifest(root);
  const tracked = trackedFiles(root);
  const home = homeOf(manifest, process.env);

  say(`${manifest.name} ${manifest.version}: checking the version and the links of every published page`);
  const early = [
    ...versionProblems(root, releaseTag(root, process.env)),
    ...linkProblems(root, manifest, tracked, home),
  ];
  if (early.length > 0) return complain(early);
  if (values.artefacts === undefined) {
    say("building the package, the bill of materials and the checksums");
    buildArtefacts(root, folder, home);
  }
  const broken = checksumProblems(root, folder);
  if (broken.length > 0) return complain(broken);
  const tarball = packageIn(root, folder);
  const wrong = contentProblems(manifest, tracked, tarball);
  if (wrong.length > 0) return complain(wrong);
  const results = new Map<string, readonly string[]>();
  if (!values["build-only"]) await useIt(tarball, manifest, results);
  report(folder, results, home.isKnown);
  return 0;
}

/** Publishes the package locally and follows the published README, with each package manager. */
async function useIt(
  tarball: string,
  manifest: ReturnType<typeof readManifest>,
  results: Map<string, readonly string[]>,
): Promise<void> {
  const engine = await ensureEngine(say);
  const { pnpm } = await ensureTools(process.env);
  const folder = mkdtempSync(join(tmpdir(), "deepseek-release-"));
  const clear = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const withdraw = onInterruption(clear);
  try {
    const publisher = join(folder, "publisher");
    mkdirSync(publisher);
    await using started =
      values.registry === undefined ? await startRegistry(join(folder, "registry"), manifest.name) : undefined;
    const registry = started?.url ?? values.registry ?? "";
    say(`publishing to ${registry}`);
    await publish(tarball, registry, publisher);
    const readme = asPublished(
      readFileSync(join(root, "README.md"), "utf8"),
      "README.md",
      manifest.version,
      homeOf(manifest, process.env),
    );
    const log = join(root, "reports", "release-walk.log");
    writeFileSync(log, "");
    const options = { engine, registry, readme, folder, pnpm, log, progress: say };
    const done: string[] = [];
    for (const walker of walkers) done.push(`${walker}: ${(await walk(walker, options)).join(", ")}`);
    results.set(tarball, done);
    say(`everything that the commands printed is in ${log}`);
  } finally {
    withdraw();
    clear();
  }
}

function report(folder: string, results: ReadonlyMap<string, readonly string[]>, isHomeKnown: boolean): void {
  const rows = artefactsIn(folder).flatMap(({ file, bytes, sha256 }) => {
    const uses = results.get(join(folder, file)) ?? [];
    const done = uses.length > 0 ? "published locally, and used from there:" : "checked";
    return [[file, `${(bytes / 1_000).toFixed(0)} kB`, sha256, done], ...uses.map((use) => ["", "", "", use])];
  });
  console.log(`\n${table(["artefact", "size", "sha256", "what was done with it"], rows)}\n`);
  console.log(`The artefacts are in ${folder}.\n\nOnly the owner can do the rest:`);
  const steps = [
    ...(isHomeKnown
      ? []
      : ["Create the repository on GitHub and push to it. Links and pictures of the README lead there."]),
    "Before the first version: publish it by hand with `npm publish <file>`, then add the workflow release.yml as a trusted publisher on npmjs.com, with the environment `npm`.",
    "Replace 'not released yet' in CHANGELOG.md by the date, commit, and create a release on GitHub with the tag that the version needs. The workflow does the rest.",
    "Read the package's page on npmjs.com once.",
  ];
  for (const [index, step] of steps.entries()) console.log(`  ${index + 1}. ${step}`);
}

function complain(problems: readonly string[]): number {
  console.error(`\nThe release would fail:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  return 1;
}
