import { type Command, Option } from "commander";
import { definitionOf, type InputName, inputNames } from "../provider/core/inputs.ts";
import { readHeaders } from "./header-file.ts";

/** The options of the commands that probe a connection, as typed. Options for inputs have commander's names. */
export interface ConnectionOptions {
  readonly keyFile?: string;
  readonly json?: true;
  readonly [option: string]: unknown;
}

/** The inputs that have an option, each with commander's description of it. */
const options = new Map(
  inputNames.flatMap((name) => {
    const { option } = definitionOf(name);
    return option === undefined ? [] : [[name, new Option(option.flags, option.description)] as const];
  }),
);

/** Adds the options that every command that probes a connection has, and those of these inputs. */
export function withConnectionOptions(command: Command, names: readonly InputName[] = inputNames): Command {
  command.option(
    "--key-file <file>",
    "read the key from this file; '-' reads it from standard input, or prompts for it on a terminal",
  );
  for (const name of names) {
    const option = options.get(name);
    if (option !== undefined) command.addOption(option);
  }
  return command.option("--json", "print one JSON object");
}

/** Where the key comes from, for `--help`. */
export const keyHelp = `The key comes from
  --key-file <file>   a file that contains only the key; '-' reads standard input
  DEEPSEEK_API_KEY    an environment variable, used with the default base URL only
Headers for a gateway come from
  --header-file <file>   a file with 'name: value' on each line; blank lines and lines that start with # are skipped
A key or a header's value is never accepted as an argument, since the shell would keep it in its history. Neither is
ever printed: reports identify the key by its fingerprint.`;

/** Replaces the names of inputs in a message by the names of options. */
export function inOptions(message: string): string {
  const spoken = new Map<string, string>([["apiKey", "the key"]]);
  for (const [name, { long }] of options) spoken.set(name, long ?? name);
  // An option that is a switch has no value.
  const names = new RegExp(`\\b(${[...spoken.keys()].join("|")})\\b(?:: true\\b)?`, "g");
  return message.replace(names, (_, name: string) => spoken.get(name) ?? name);
}

/**
 * The options as a connection's inputs.
 *
 * @throws UsageError if a file of headers cannot be read
 */
export async function inputsFrom(typed: ConnectionOptions): Promise<Readonly<Record<string, unknown>>> {
  const inputs = [...options].map(async ([name, option]) => {
    const value = typed[option.attributeName()];
    const { isNumber, isFile } = definitionOf(name).option ?? {};
    if (isFile && typeof value === "string") return [name, await readHeaders(value)] as const;
    return [name, isNumber ? numeric(value) : value] as const;
  });
  return Object.fromEntries(await Promise.all(inputs));
}

/** Converts a number; any other text stays as it is, and the input's schema refuses it. */
function numeric(typed: unknown): unknown {
  return typeof typed === "string" && /^-?\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed;
}
