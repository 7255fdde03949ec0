import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundlePlugin } from "../../package/plugin-bundle.ts";
import { read } from "../../support/repository.ts";

/** The programs to bundle, by the names of their plugins. */
const programs = {
  deepseek: "provider/plugin/plugin-process.ts",
  trivial: "test/bench/plugin/trivial-plugin.ts",
  empty: "test/bench/plugin/empty-plugin.ts",
} as const;

/** The bundle of a plugin in the folder in which `buildPlugins` has put it. */
export function bundleIn(folder: string, name: keyof typeof programs): string {
  return join(folder, `pulumi-resource-${name}.cjs`);
}

/**
 * Bundles our plugin and the compared ones in the same way, each with our launcher beside it. An engine with the folder
 * on its PATH finds them.
 */
export async function buildPlugins(folder: string): Promise<void> {
  const launcher = read("provider/plugin/launcher/pulumi-resource-deepseek");
  for (const [name, program] of Object.entries(programs)) {
    const file = join(folder, `pulumi-resource-${name}`);
    await bundlePlugin(program, `${file}.cjs`);
    await writeFile(file, launcher.replaceAll("pulumi-resource-deepseek", `pulumi-resource-${name}`), { mode: 0o755 });
  }
}
