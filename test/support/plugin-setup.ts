import { buildPlugin } from "../package/plugin-bundle.ts";

/** Builds the plugin that the engine starts. */
export async function setup(): Promise<void> {
  await buildPlugin();
}
