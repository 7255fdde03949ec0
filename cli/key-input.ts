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

/** Longest text that is read as a key, in characters. It leaves room for blank lines. */
const MAX_LENGTH = 4_096;

/**
 * Reads the key: from the file if one is given, otherwise from the environment. Never from an argument.
 *
 * @param baseUrl as typed: a key from the environment is sent only to DeepSeek
 * @throws UsageError if no key is given
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
  // The message does not repeat the file's name: someone may have typed the key there.
  const source = keyFile === "-" ? "standard input" : "the file given with --key-file";
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

/** Prompts for the key on the terminal, without showing what is typed. */
function ask(): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  process.stderr.write("API key (input is hidden): ");
  return new Promise((resolve, reject) => {
    terminal.once("line", (line) => {
      resolve(line);
      terminal.close();
    });
    // In raw mode, Ctrl-C is an ordinary key: restore its effect.
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

/** Options with which people try to pass a key. */
const keyOption = /^--?(deepseek-?)?(api-?)?(key|token)(=|$)/i;

/** An argument, or the value of an option, that starts like DeepSeek's keys. */
const keyBeginning = /^(--?[\w-]+=)?['"]?sk-/i;

/** Options with which people try to pass a header, as with curl. */
const headerOption = /^(-H|--?headers?(=|$))/;

/** What to do after a key was passed as an argument. */
export const keyAdvice =
  "It is now in the shell's history, and other processes could have read it.\n" +
  `The command did not use it. Replace it (${keysPage}), or at least remove it from the history.\n` +
  "Set the environment variable DEEPSEEK_API_KEY instead, or pass --key-file <file>;\n" +
  "'--key-file -' reads the key from standard input, or prompts for it on a terminal.";

/**
 * Refuses a key or a header among the arguments of any command. The shell has already saved it in its history; if the command
 * worked, people would do it again.
 *
 * @throws UsageError, which does not contain it
 */
export function refuseSecrets(typed: readonly string[]): void {
  const ambient = process.env["DEEPSEEK_API_KEY"] ?? "";
  const isKey = (argument: string) =>
    keyOption.test(argument) || keyBeginning.test(argument) || containsKey(argument, [ambient]);
  if (typed.some(isKey)) throw usageError("key-on-command-line", { advice: keyAdvice });
  if (typed.some((argument) => headerOption.test(argument))) throw usageError("header-on-command-line");
}

/** Shortest argument that is hidden because it could be a key of an unusual format. */
const MIN_SECRET = 8;

/**
 * Hides arguments in commander's error messages unless they are plain words: a gateway's key can have any format.
 */
export function withoutValues(message: string, typed: readonly string[]): string {
  return typed
    .map((argument) => argument.replace(/^(--[^=]*=?|-.?)/, ""))
    .filter((value) => value.length >= MIN_SECRET && !/^[a-z-]{1,20}$/.test(value))
    .reduce((text, value) => text.replaceAll(value, "…"), message);
}
