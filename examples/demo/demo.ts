/** The demo: `npm run demo`, or `node examples/demo/demo.ts`. */
import { constants } from "node:os";
import { parseArgs } from "node:util";
import { BrokenClaimError } from "./claims.ts";
import { onInterruption } from "./engine/interruption.ts";
import { complain, say } from "./narration.ts";
import { tellStory } from "./story.ts";

const usage = `Usage: npm run demo [-- --real]
       node examples/demo/demo.ts [--real] [--help]

Shows what happens to a DeepSeek key from deployment to rotation, on the real Pulumi engine, in about a minute. A local
sandbox stands in for DeepSeek, and all files are in a temporary folder: you need no account and no key.

  --real  calls the real https://api.deepseek.com with the key in the environment variable DEEPSEEK_API_KEY. One chat
          call of one token verifies the key (about $0.000002). Skips the acts that need a revocation or a second key.
  --help  shows this text`;

/** Thrown if the command line is invalid. The message is for the person who typed it. */
class UsageError extends Error {}

function readArguments(): { readonly help: boolean; readonly real: boolean } {
  try {
    const { values } = parseArgs({ options: { real: { type: "boolean" }, help: { type: "boolean" } } });
    return { help: values.help ?? false, real: values.real ?? false };
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

/** Reads the key from the environment and removes it there, so that no child process sees it. */
function takeKey(): string | undefined {
  const key = process.env["DEEPSEEK_API_KEY"]?.trim();
  delete process.env["DEEPSEEK_API_KEY"];
  return key === "" ? undefined : key;
}

/** Runs the demo and cleans up, however it ends. */
async function perform(realKey: string | undefined): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // The exit triggers the clean-ups.
    process.on(signal, () => process.exit(128 + constants.signals[signal]));
  }
  // The reader has stopped, as with `| head`.
  process.stdout.on("error", () => process.exit(1));
  // Registered first, so it runs last, after all other clean-ups.
  const withdraw = onInterruption(() =>
    say("\nInterrupted: the demo stopped everything that it started and removed its temporary folder."),
  );
  try {
    await tellStory(realKey);
  } finally {
    withdraw();
  }
}

try {
  const { help, real } = readArguments();
  const key = takeKey();
  if (real && key === undefined) {
    throw new UsageError(
      "--real needs a DeepSeek API key in the environment variable DEEPSEEK_API_KEY.\n" +
        "Create one at https://platform.deepseek.com/api_keys, or run the demo without --real, which needs no key.",
    );
  }
  if (help) console.log(usage);
  else await perform(real ? key : undefined);
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  } else if (error instanceof BrokenClaimError) {
    console.error(`\nThe whole output:\n${error.evidence.trimEnd()}\n`);
    complain(`This is not true: ${error.message}`);
    process.exitCode = 1;
  } else {
    complain(`The demo failed: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
