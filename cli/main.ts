#!/usr/bin/env node
import { createRequire } from "node:module";
import { nodeProblem } from "../provider/node-version.ts";

const { engines } = createRequire(__filename)("pulumi-deepseek/package.json") as {
  readonly engines: { readonly node: string };
};

// Before everything else: what the commands load fails on an older Node with a stack trace.
const problem = nodeProblem("pulumi-deepseek", engines.node.replace(">=", ""), process.versions.node);
if (problem === undefined) {
  void import("./command-line.ts");
} else {
  console.error(`error: ${problem}`);
  // As WRONG_USAGE, whose module imports a dependency.
  process.exitCode = 2;
}
