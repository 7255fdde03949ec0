import { nodeProblem } from "../node-version.ts";

/* The process `pulumi-resource-deepseek`. Its launcher takes the Node.js on the PATH, which can be too old. */

const PROGRAM = "pulumi-resource-deepseek";
/** The oldest Node.js that works. The bundler sets it, from package.json. */
declare const NODE_NEEDED: string;

const problem = nodeProblem(PROGRAM, NODE_NEEDED, process.versions.node);
if (problem === undefined) {
  // Loaded only now: what it needs fails on an older Node.
  import("./serve-engine.ts")
    .then(({ serveEngine }) => serveEngine())
    .catch(({ message }: Error) => fail(`${PROGRAM} could not start: ${message}`));
} else {
  fail(problem);
}

function fail(text: string): void {
  console.error(text);
  process.exit(1);
}
