#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { rehearseCommand } from "../monitor/rehearsal/command.ts";

const program = new Command("pulumi-deepseek")
  .description("Helpers for DeepSeek connections and monitors that are deployed with Pulumi.")
  .exitOverride()
  .showHelpAfterError("Add --help for what it takes.");

for (const command of [rehearseCommand()]) program.addCommand(command.copyInheritedSettings(program));

program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof CommanderError)) throw error;
  // Commander has said what is wrong. Help that was asked for is no error; a wrong command line is 2, as in other tools.
  process.exitCode = error.exitCode === 0 ? 0 : 2;
});
