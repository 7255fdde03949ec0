// The end of `.ci/run`: node test/summary/main.ts <command>=<exit code>[=<file of its summary>] …
// Prints the results of all commands. Fails if any failed, or if a test run has no summary.
import { readFileSync } from "node:fs";
import { conclude, type Outcome, type RunSummary } from "./summary.ts";

const outcomes = process.argv.slice(2).map((argument): Outcome => {
  const [command = "", code = "", file] = argument.split("=");
  const outcome = { command, exitCode: Number(code) };
  return file === undefined ? outcome : { ...outcome, summary: readSummary(file) };
});
const { text, failed } = conclude(outcomes);
console.log(text);
process.exitCode = failed === 0 ? 0 : 1;

/** A killed run writes no summary, or an incomplete one. */
function readSummary(file: string): RunSummary | "missing" {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return "missing";
  }
}
