import type { Command } from "commander";
import { DEFAULT_BASE_URL } from "../provider/deepseek/endpoint.ts";

/** The options of the commands that ask a service, as they were typed. */
export interface Typed {
  readonly keyFile?: string;
  readonly baseUrl?: string;
  readonly model?: string;
  readonly allowedModel?: readonly string[];
  readonly testCall?: string;
  readonly timeout?: string;
  readonly attempts?: string;
  readonly json?: true;
}

/** The options that every command which asks a service has. */
export function withServiceOptions(command: Command): Command {
  return command
    .option("--key-file <file>", "read the key from this file; '-' is the standard input, and asks on a terminal")
    .option("--base-url <url>", `https, or http to this machine (default: ${DEFAULT_BASE_URL})`)
    .option("--timeout <seconds>", "deadline of each attempt, from connecting to the last byte, 1 to 600 (default: 20)")
    .option(
      "--attempts <number>",
      "how often a call is made at most while the service has trouble, 1 to 10 (default: 3)",
    )
    .option("--json", "print one JSON object");
}

/** Where a key comes from, for `--help`. */
export const keyHelp = `The key comes from
  --key-file <file>   a file that holds the key and nothing else, or with '-' the standard input
  DEEPSEEK_API_KEY    the environment variable, for ${DEFAULT_BASE_URL} only
and never from an argument, which the shell's history keeps. It is never printed: its fingerprint tells keys apart.`;

/** A connection's inputs, and what they are called here. */
const names = {
  apiKey: "the key",
  baseUrl: "--base-url",
  defaultModel: "--model",
  allowedModels: "--allowed-model",
  testCall: "--test-call",
  timeoutSeconds: "--timeout",
  maxAttempts: "--attempts",
} as const;

/** A message on a connection's inputs, as one on the options. */
export function inOptions(message: string): string {
  const inputs = new RegExp(`\\b(?:${Object.keys(names).join("|")})\\b`, "g");
  return message.replace(inputs, (name) => names[name as keyof typeof names]);
}

/** The options as a connection's inputs. A number that is none stays a text, for the inputs' own rules to refuse. */
export function inputsFrom(typed: Typed): Readonly<Record<string, unknown>> {
  return {
    baseUrl: typed.baseUrl,
    defaultModel: typed.model,
    allowedModels: typed.allowedModel,
    testCall: typed.testCall,
    timeoutSeconds: numeric(typed.timeout),
    maxAttempts: numeric(typed.attempts),
  };
}

function numeric(typed: string | undefined): number | string | undefined {
  return typed !== undefined && /^-?\d+(\.\d+)?$/.test(typed) ? Number(typed) : typed;
}
