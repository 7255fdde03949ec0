import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { checkCommand } from "./check-command.ts";
import { keyAdvice, refuseSecrets, withoutValues } from "./key-input.ts";
import { modelsCommand } from "./models-command.ts";
import { rehearseCommand } from "./rehearse-command.ts";
import { sandboxCommand } from "./sandbox-command.ts";
import { UsageError, WRONG_USAGE } from "./usage.ts";

const { version } = createRequire(__filename)("pulumi-deepseek/package.json") as { readonly version: string };
const typed = process.argv.slice(2);

const program = new Command("pulumi-deepseek")
  .description("Tools for DeepSeek connections and monitors that you deploy with Pulumi.")
  .version(version)
  .exitOverride()
  .showHelpAfterError("Add --help to see the options.")
  .configureOutput({ outputError: (message, write) => write(withoutValues(message, typed)) })
  .addHelpText(
    "after",
    `
Examples:
  $ npx pulumi-deepseek check                     checks the key in DEEPSEEK_API_KEY and says what to do if it fails
  $ npx pulumi-deepseek models                    lists the models that the key may use
  $ npx pulumi-deepseek rehearse key-revoked      shows whom the monitor would alert, and when
  $ npx pulumi-deepseek sandbox                   starts a local server in place of DeepSeek; needs no key

Run 'npx pulumi-deepseek <command> --help' to see its options, examples and exit codes.`,
  );

for (const command of [checkCommand(), modelsCommand(), rehearseCommand(), sandboxCommand()]) {
  program.addCommand(command.copyInheritedSettings(program));
}

// A reader that stops early, such as `| head`, is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

async function main(): Promise<void> {
  try {
    refuseSecrets(typed);
    await program.parseAsync();
  } catch (error) {
    if (error instanceof UsageError) console.error(`error: ${error.message}`);
    // Commander has already printed what is wrong.
    else if (!(error instanceof CommanderError)) throw error;
    else if (error.code === "commander.excessArguments") console.error(`If that was an API key:\n${keyAdvice}`);
    // Printing help on request is not an error.
    process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : WRONG_USAGE;
  }
}

void main();
