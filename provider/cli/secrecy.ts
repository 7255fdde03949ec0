import { keysPage } from "../deepseek/pages.ts";
import { givesKeyAway } from "../deepseek/redact.ts";
import { UsageError } from "./usage.ts";

/** Options that people try a key with. */
const keyOption = /^--?(deepseek-?)?(api-?)?(key|token)(=|$)/i;

/** What begins as all keys of DeepSeek do, by itself or as the value of an option. */
const keyBeginning = /^(--?[\w-]+=)?['"]?sk-/i;

/** What to do with a key that was given as an argument. */
export const keyAdvice =
  "It is in the shell's history now, and other processes could read it.\n" +
  `It was not used. Replace it (${keysPage}), or at least remove it from the history.\n` +
  "A key is read from the environment variable DEEPSEEK_API_KEY or from a file, with --key-file <file>;\n" +
  "'--key-file -' reads the standard input, and asks on a terminal.";

/**
 * Refuses a key among the arguments, whichever command they are for. The shell has written it into its history by now,
 * so a command that worked would only teach people to do it again.
 *
 * @throws UsageError, which does not repeat it
 */
export function refuseKeys(typed: readonly string[]): void {
  const ambient = process.env["DEEPSEEK_API_KEY"] ?? "";
  const isKey = (argument: string) =>
    keyOption.test(argument) || keyBeginning.test(argument) || givesKeyAway(argument, [ambient]);
  if (!typed.some(isKey)) return;
  throw new UsageError(`an API key must not stand on the command line. ${keyAdvice}`);
}

/** Shortest argument that may be a key of an unusual shape, and is worth hiding. */
const MIN_SECRET = 8;

/**
 * Commander's message on arguments that it does not understand, without those that are no plain words: a gateway's key may
 * look like anything.
 */
export function withoutValues(message: string, typed: readonly string[]): string {
  return typed
    .map((argument) => argument.replace(/^(--[^=]*=?|-.?)/, ""))
    .filter((value) => value.length >= MIN_SECRET && !/^[a-z-]{1,20}$/.test(value))
    .reduce((text, value) => text.replaceAll(value, "…"), message);
}
