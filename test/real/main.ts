// npm run verify:real: for whoever has a key. Runs the product against DeepSeek itself, then compares DeepSeek's replies with
// those of the sandbox, on which all other tests depend. A real change of the service is noticed here first.
import { constants } from "node:os";
import { apiKeyProblem, apiKeyProblems } from "../../dist/provider/deepseek/api-key.js";
import { DEFAULT_BASE_URL } from "../../dist/provider/deepseek/endpoint.js";
import { findLeaks } from "../support/leaks.ts";
import { FREE_CALLS, MOST_DOLLARS, TEST_CALLS } from "./budget.ts";
import { compareWithSandbox, type Difference } from "./comparison.ts";
import { check, lifecycle, monitorFunction, StepFailure, type Target } from "./steps.ts";

const exitCodes = { same: 0, different: 1, usage: 2 };

const usage = `Usage: DEEPSEEK_API_KEY=… npm run verify:real

Runs 'pulumi-deepseek check', a connection from preview to destroy on the real engine, and the monitor's function against
${DEFAULT_BASE_URL}. Then compares the status, headers, and names and types of fields of DeepSeek's replies with those
that the sandbox assumes. Takes about a minute and costs at most $${MOST_DOLLARS.toFixed(4)}.

Exit codes:
  0  no difference, and each step passed
  1  a difference, or a step failed
  2  wrong use

The key is read from the environment variable DEEPSEEK_API_KEY only. The only other setting is for tests:
VERIFY_REAL_BASE_URL, the address of a server on this machine, such as http://127.0.0.1:4242.`;

/** Thrown if the script is used in a wrong way. The message does not contain what was typed. */
class UsageError extends Error {}

/** Reads the key and removes it from the environment, so that no child process sees it. */
function takeKey(): string {
  const key = process.env["DEEPSEEK_API_KEY"]?.trim() ?? "";
  delete process.env["DEEPSEEK_API_KEY"];
  if (key === "") throw new UsageError("Set the environment variable DEEPSEEK_API_KEY to a key of DeepSeek.");
  const problem = apiKeyProblem(key);
  if (problem !== undefined) throw new UsageError(`DEEPSEEK_API_KEY ${apiKeyProblems[problem]}.`);
  return key;
}

/** The key must not go anywhere else, so no other form of an address is understood. */
function readBaseUrl(): string | undefined {
  const given = process.env["VERIFY_REAL_BASE_URL"];
  if (given === undefined || given === "") return undefined;
  if (/^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$/.test(given)) return given;
  throw new UsageError(
    "VERIFY_REAL_BASE_URL is for tests: it takes an address of this machine, such as http://127.0.0.1:4242. " +
      `Unset it to verify ${DEFAULT_BASE_URL}.`,
  );
}

const begun = performance.now();

function progress(line: string): void {
  console.log(`${String(Math.round((performance.now() - begun) / 1_000)).padStart(4)} s  ${line}`);
}

/** Runs a step. @returns whether it passed */
async function passes({ apiKey }: Target, run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const isSafe = findLeaks(apiKey, [["message", message]]).length === 0;
    progress(`✗ ${isSafe ? message : "The step failed with a message that contains the key, so it is not shown."}`);
    return false;
  }
}

/** @returns how many steps failed or were skipped, and the differences */
async function verify(
  target: Target,
): Promise<{ readonly failed: number; readonly differences: readonly Difference[] }> {
  let verdict = "";
  const steps = {
    check: await passes(target, async () => {
      progress("pulumi-deepseek check …");
      const report = await check(target);
      verdict = report.verdict;
      if (verdict !== "valid") throw new StepFailure(`The verdict on this key is ${report.text}`);
    }),
    lifecycle: verdict === "valid" && (await passes(target, () => lifecycle(target, progress))),
    function:
      verdict === "valid" &&
      (await passes(target, () => {
        progress("The monitor's function …");
        return monitorFunction(target);
      })),
  };
  // They would fail for the same reason.
  if (verdict !== "valid") progress("The lifecycle and the function need a valid key: skipped.");
  progress("Comparing the replies with the sandbox's …");
  const service = { apiKey: target.apiKey, baseUrl: target.baseUrl ?? DEFAULT_BASE_URL };
  const differences = await compareWithSandbox(service, verdict === "unfunded" ? "unfunded" : "good");
  return { failed: Object.values(steps).filter((passed) => !passed).length, differences };
}

function show(title: string, differences: readonly Difference[]): void {
  if (differences.length === 0) return;
  console.log(`\n${title}`);
  for (const { text } of differences) console.log(`- ${text}`);
}

async function main(): Promise<number> {
  if (process.argv.slice(2).join() === "--help") {
    console.log(usage);
    return exitCodes.same;
  }
  const apiKey = takeKey();
  if (process.argv.length > 2)
    throw new UsageError("This command takes no arguments. Never pass a key as an argument.");
  const baseUrl = readBaseUrl();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // The exit runs the clean-ups of the commands and of the stack.
    process.on(signal, () => process.exit(128 + constants.signals[signal]));
  }
  // The reader has stopped, as with `| head`.
  process.stdout.on("error", () => process.exit(exitCodes.different));
  console.log(
    `Verifying ${baseUrl ?? DEFAULT_BASE_URL}: ${TEST_CALLS} test calls of one token and at most ${FREE_CALLS} free calls, ` +
      `for at most $${MOST_DOLLARS.toFixed(4)}.`,
  );
  const { failed, differences } = await verify({ apiKey, ...(baseUrl !== undefined && { baseUrl }) });
  const real = differences.filter(({ isHarmless }) => !isHarmless);
  const harmless = differences.filter(({ isHarmless }) => isHarmless);
  show(`${real.length} differences to the sandbox:`, real);
  show(`${harmless.length} harmless differences, for information. Users do not notice them:`, harmless);
  const isSame = failed === 0 && real.length === 0;
  const advice =
    "Read what DeepSeek says about the change, then correct provider/sandbox, or the code that reads the reply.";
  console.log(
    `\nSteps that failed: ${failed}. Differences: ${real.length}. ${real.length === 0 ? "" : advice}`.trimEnd(),
  );
  return isSame ? exitCodes.same : exitCodes.different;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${usage}`);
    process.exitCode = exitCodes.usage;
  } else {
    console.error(`The verification broke off: ${error instanceof Error ? error.message : error}`);
    process.exitCode = exitCodes.different;
  }
}
