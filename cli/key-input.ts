import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type Readable, Writable } from "node:stream";
import { ambientKey } from "../provider/deepseek/api-key.ts";
import { DEFAULT_BASE_URL, keysPage } from "../provider/deepseek/endpoint.ts";
import { containsKey } from "../provider/deepseek/redact.ts";
import { usageError } from "./usage.ts";

export interface GivenKey {
  readonly apiKey: string;
  readonly from: "DEEPSEEK_API_KEY" | "--key-file";
}

/** Longest text that is read as a key, in characters: a key and some blank lines. */
const MAX_LENGTH = 4_096;

/**
 * Reads the key: from the file if one is named, else from the environment. Never from an argument.
 *
 * @param baseUrl as it was typed: a key of the environment is for DeepSeek alone
 * @throws UsageError if there is none
 */
export async function readKey(keyFile: string | undefined, baseUrl: string | undefined): Promise<GivenKey> {
  if (keyFile !== undefined) return { apiKey: await readFrom(keyFile), from: "--key-file" };
  const ambient = ambientKey(baseUrl);
  if (ambient !== undefined) return { apiKey: ambient, from: "DEEPSEEK_API_KEY" };
  throw baseUrl === undefined
    ? usageError("key-missing")
    : usageError("key-of-environment", { baseUrl: DEFAULT_BASE_URL });
}

async function readFrom(keyFile: string): Promise<string> {
  if (keyFile === "-" && process.stdin.isTTY) return withoutNewline(await ask());
  // The file is not named: a key may have been typed in its place.
  const source = keyFile === "-" ? "the standard input" : "the file that --key-file names";
  const text = await readText(keyFile === "-" ? process.stdin : createReadStream(keyFile), source);
  const key = withoutNewline(text);
  if (key === "") throw usageError("key-file-empty", { source });
  if (/^(export\s+)?\w*KEY\s*[=:]/i.test(key)) throw usageError("key-file-assignment", { source });
  return key;
}

async function readText(stream: Readable, source: string): Promise<string> {
  let text = "";
  try {
    for await (const chunk of stream.setEncoding("utf8")) {
      text += chunk;
      if (text.length > MAX_LENGTH) break;
    }
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw usageError("key-file-unreadable", { source, code });
  }
  if (text.length <= MAX_LENGTH) return text;
  throw usageError("key-file-too-long", { source, most: String(MAX_LENGTH) });
}

/** Asks on the terminal, without showing what is typed. */
function ask(): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  process.stderr.write("API key (it is not shown): ");
  return new Promise((resolve, reject) => {
    terminal.once("line", (line) => {
      resolve(line);
      terminal.close();
    });
    // The terminal is raw meanwhile, so Ctrl-C is a letter: give it its effect back.
    terminal.once("SIGINT", () => {
      terminal.close();
      process.kill(process.pid, "SIGINT");
    });
    terminal.once("close", () => {
      process.stderr.write("\n");
      reject(usageError("key-not-typed"));
    });
  });
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, "");
}

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
    keyOption.test(argument) || keyBeginning.test(argument) || containsKey(argument, [ambient]);
  if (!typed.some(isKey)) return;
  throw usageError("key-on-command-line", { advice: keyAdvice });
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
