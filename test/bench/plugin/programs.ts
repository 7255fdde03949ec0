import { loop, outputNames } from "../preview/programs.ts";

/** The plugins that previews are measured with: ours and the compared one. */
export type PluginName = "deepseek" | "trivial";

/**
 * A program that creates `BENCH_CONNECTIONS` generic resources of a plugin. It knows the plugin by its names only, as a
 * program in any language does.
 */
export function programOf(plugin: PluginName): string {
  return `
const pulumi = require("@pulumi/pulumi");
const outputs = Object.fromEntries(${JSON.stringify(outputNames)}.map((name) => [name, undefined]));
const make = (name, args) => {
  const inputs = { ...outputs, ...args, displayName: name };
  return new pulumi.CustomResource("${plugin}:index:DeepSeekConnection", name, inputs);
};
${loop}`;
}
