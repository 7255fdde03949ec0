import { type Command, Option } from "commander";
import { definitionOf, type InputName, inputNames } from "../provider/core/inputs.ts";

/** The options of the commands that probe a connection, as they were typed: those of the inputs are by commander's names. */
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

/** The options that every command which probes a connection has, and those of these inputs. */
export function withConnectionOptions(command: Command, names: readonly InputName[] = inputNames): Command {
  command.option("--key-file <file>", "read the key from this file; '-' is the standard input, and asks on a terminal");
  for (const name of names) {
    const option = options.get(name);
    if (option !== undefined) command.addOption(option);
  }
  return command.option("--json", "print one JSON object");
}

/** Where a key comes from, for `--help`. */
export const keyHelp = `The key comes from
  --key-file <file>   a file that holds the key and nothing else, or with '-' the standard input
  DEEPSEEK_API_KEY    the environment variable, for the default base URL only
and never from an argument, which the shell's history keeps. It is never printed: its fingerprint tells keys apart.`;

/** A message on a connection's inputs, as one on the options. */
export function inOptions(message: string): string {
  const spoken = new Map<string, string>([["apiKey", "the key"]]);
  for (const [name, { long }] of options) spoken.set(name, long ?? name);
  const names = new RegExp(`\\b(?:${[...spoken.keys()].join("|")})\\b`, "g");
  return message.replace(names, (name) => spoken.get(name) ?? name);
}

/** The options as a connection's inputs. */
export function inputsFrom(typed: ConnectionOptions): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...options].map(([name, option]) => {
      const value = typed[option.attributeName()];
      return [name, definitionOf(name).option?.isNumber ? numeric(value) : value];
    }),
  );
}

/** A text that is not a number stays one, for the input's schema to refuse. */
function numeric(typed: unknown): unknown {
  return typeof typed === "string" && /^-?\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed;
}
