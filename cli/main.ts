#!/usr/bin/env node
import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { checkCommand } from "./check-command.ts";
import { keyAdvice, refuseKeys, withoutValues } from "./key-input.ts";
import { modelsCommand } from "./models-command.ts";
import { rehearseCommand } from "./rehearse-command.ts";
import { sandboxCommand } from "./sandbox-command.ts";
import { UsageError, WRONG_USAGE } from "./usage.ts";

const { version } = createRequire(__filename)("pulumi-deepseek/package.json") as { readonly version: string };
const typed = process.argv.slice(2);

const program = new Command("pulumi-deepseek")
  .description("Helpers for DeepSeek connections and monitors that are deployed with Pulumi.")
  .version(version)
  .exitOverride()
  .showHelpAfterError("Add --help for what it takes.")
  .configureOutput({ outputError: (message, write) => write(withoutValues(message, typed)) })
  .addHelpText(
    "after",
    `
Examples:
  $ npx pulumi-deepseek check                     is the key in DEEPSEEK_API_KEY good, and what to do if it is not
  $ npx pulumi-deepseek models                    what it may use
  $ npx pulumi-deepseek rehearse key-revoked      whom the monitor would tell, and when
  $ npx pulumi-deepseek sandbox                   a local stand-in for DeepSeek, to try all of it without a key

'npx pulumi-deepseek <command> --help' says more, where keys come from and what the exit codes mean.`,
  );

for (const command of [checkCommand(), modelsCommand(), rehearseCommand(), sandboxCommand()]) {
  program.addCommand(command.copyInheritedSettings(program));
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

async function main(): Promise<void> {
  try {
    refuseKeys(typed);
    await program.parseAsync();
  } catch (error) {
    if (error instanceof UsageError) console.error(`error: ${error.message}`);
    // Commander has said what is wrong.
    else if (!(error instanceof CommanderError)) throw error;
    else if (error.code === "commander.excessArguments") console.error(`If that was an API key: ${keyAdvice}`);
    // Help that was asked for is no error.
    process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : WRONG_USAGE;
  }
}

void main();
