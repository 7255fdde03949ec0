import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type Readable, Writable } from "node:stream";
import { ambientKey } from "../ambient.ts";
import { DEFAULT_BASE_URL } from "../deepseek/endpoint.ts";
import { UsageError } from "./usage.ts";

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
  const missing =
    baseUrl === undefined
      ? "there is no key: set the environment variable DEEPSEEK_API_KEY, or give"
      : `a key of the environment goes to ${DEFAULT_BASE_URL} alone. For another --base-url give`;
  throw new UsageError(
    `${missing} --key-file <file>; '--key-file -' reads the standard input, and asks on a terminal.`,
  );
}

async function readFrom(keyFile: string): Promise<string> {
  if (keyFile === "-" && process.stdin.isTTY) return withoutNewline(await ask());
  // The file is not named: a key may have been typed in its place.
  const place = keyFile === "-" ? "the standard input" : "the file that --key-file names";
  const text = await readText(keyFile === "-" ? process.stdin : createReadStream(keyFile), place);
  const key = withoutNewline(text);
  if (key === "") throw new UsageError(`${place} is empty: it must hold the key and nothing else.`);
  if (/^(export\s+)?\w*KEY\s*[=:]/i.test(key)) {
    throw new UsageError(`${place} holds a name and a value: it must hold the key and nothing else.`);
  }
  return key;
}

async function readText(stream: Readable, place: string): Promise<string> {
  let text = "";
  try {
    for await (const chunk of stream.setEncoding("utf8")) {
      text += chunk;
      if (text.length > MAX_LENGTH) break;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${place} cannot be read (${code}): give a file that holds the key and nothing else.`);
  }
  if (text.length <= MAX_LENGTH) return text;
  throw new UsageError(`${place} is longer than ${MAX_LENGTH} characters: it must hold the key and nothing else.`);
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
      reject(new UsageError("no key was typed."));
    });
  });
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, "");
}
