// The end of `.ci/run`: node test/summary/main.ts <command>=<exit code>[=<file of its summary>] …
// Prints what came of all commands, and fails if any failed, also if a run of tests left no summary.
import { existsSync, readFileSync } from "node:fs";
import { conclude, type Outcome } from "./summary.ts";

const outcomes = process.argv.slice(2).map((argument): Outcome => {
  const [command = "", code = "", file] = argument.split("=");
  const outcome = { command, exitCode: Number(code) };
  if (file === undefined) return outcome;
  return { ...outcome, summary: existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : "missing" };
});
const { text, failed } = conclude(outcomes);
console.log(text);
process.exitCode = failed === 0 ? 0 : 1;
