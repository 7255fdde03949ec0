#!/usr/bin/env node
import { nodeProblem } from "./node-version.ts";

// Before everything else: what the commands load fails on an older Node with a stack trace.
const problem = nodeProblem(process.versions.node);
if (problem === undefined) {
  void import("./command-line.ts");
} else {
  console.error(`error: ${problem}`);
  // As WRONG_USAGE, whose module imports a dependency.
  process.exitCode = 2;
}
