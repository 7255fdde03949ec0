import { nodeProblem } from "../node-version.ts";

/*
 * Ends the process if its Node.js is too old: the launcher takes the one on the PATH. Must be imported before everything else, since
 * what the plugin loads fails on an older Node.js.
 */

/** The oldest version that works. The bundler sets it, from package.json. */
declare const NODE_NEEDED: string;

const problem = nodeProblem("pulumi-resource-deepseek", NODE_NEEDED, process.versions.node);
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
