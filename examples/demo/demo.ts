/** The demo: `npm run demo`, or `node examples/demo/demo.ts`. */
import { constants } from "node:os";
import { parseArgs } from "node:util";
import { BrokenClaimError } from "./claims.ts";
import { onInterruption } from "./engine/interruption.ts";
import { complain, say } from "./narration.ts";
import { tellStory } from "./story.ts";

const usage = `Usage: npm run demo [-- --real]
       node examples/demo/demo.ts [--real] [--help]

Tells the story of one DeepSeek key on the real Pulumi engine, in about a minute. A local sandbox stands in for
DeepSeek, and everything happens in a temporary folder: no account and no key are needed.

  --real  asks the real https://api.deepseek.com, with the key in the environment variable DEEPSEEK_API_KEY, which is
          verified by one chat call of one token (about $0.000002). Leaves out what needs a key to be revoked.
  --help  this text`;

/** Thrown when the demo cannot be run as it was asked to: the message is for the person who typed it. */
class UsageError extends Error {}

function readArguments(): { readonly help: boolean; readonly real: boolean } {
  try {
    const { values } = parseArgs({ options: { real: { type: "boolean" }, help: { type: "boolean" } } });
    return { help: values.help ?? false, real: values.real ?? false };
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause));
  }
}

/** The key of the environment, which is taken out of it: no child needs to see it. */
function takeKey(): string | undefined {
  const key = process.env["DEEPSEEK_API_KEY"]?.trim();
  delete process.env["DEEPSEEK_API_KEY"];
  return key === "" ? undefined : key;
}

/** Runs the story so that it leaves nothing behind, however it ends. */
async function perform(realKey: string | undefined): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // The exit sets off the clean-ups.
    process.on(signal, () => process.exit(128 + constants.signals[signal]));
  }
  // Nobody reads on, as with `| head`.
  process.stdout.on("error", () => process.exit(1));
  // What was registered first is run last, when all else is cleared away.
  const withdraw = onInterruption(() =>
    say("\nInterrupted: all that the demo started is stopped, and its temporary folder is removed."),
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
        "Create one at https://platform.deepseek.com/api_keys, or run the demo without --real: that needs no key.",
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
    complain(`This claim does not hold: ${error.message}`);
    process.exitCode = 1;
  } else {
    complain(`The demo broke off: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
