import { InvalidArgumentError } from "commander";
import { fill, type MessageText, printed, type ValuesArgument } from "../provider/core/message-text.ts";
import type { Problem } from "../provider/core/problems.ts";
import type { VerdictKind } from "../provider/deepseek/verdict.ts";
import { nodeMessages } from "../provider/node-version.ts";
import { aligned } from "./terminal.ts";

/** The messages about an invalid command line. Problems with a connection's inputs have their own messages. */
export const usageMessages = {
  ...nodeMessages,
  "key-missing": {
    text: "no API key was given. Set the environment variable DEEPSEEK_API_KEY, or pass --key-file <file>. '--key-file -' reads the key from standard input, or prompts for it on a terminal.",
  },
  "key-of-environment": {
    text: "a key from the environment is sent only to ‹baseUrl›. For another --base-url, pass --key-file <file>. '--key-file -' reads the key from standard input, or prompts for it on a terminal.",
  },
  "key-file-empty": { text: "‹source› is empty. It must contain the key." },
  "key-file-assignment": {
    text: "‹source› contains an assignment such as 'KEY=value'. It must contain only the key.",
  },
  "key-file-unreadable": {
    text: "‹source› cannot be read (‹code›). Pass a file that contains only the key.",
  },
  "key-file-too-long": {
    text: "‹source› is longer than ‹most› characters. It must contain only the key.",
  },
  "key-not-typed": { text: "no key was entered. Run the command again and enter the key." },
  "key-on-command-line": { text: "an API key must not be passed on the command line. ‹advice›" },
  "header-on-command-line": {
    text: "a header's value must not be passed on the command line: it is now in the shell's history. Write it into a file as 'name: value', and pass --header-file <file>.",
  },
  "header-file-unreadable": {
    text: "the file given with --header-file cannot be read (‹code›). Pass a file with 'name: value' on each line.",
  },
  "header-file-line": {
    text: "line ‹line› of the file given with --header-file is not a header. Write 'name: value', or start a comment with #.",
  },
  "header-file-duplicate": {
    text: "line ‹line› of the file given with --header-file repeats the name of an earlier line. Remove one of them.",
  },
  "scenario-unknown": {
    text: "'‹name›' is not a scenario. Choose one of these: ‹names›.",
  },
  "profile-unknown": {
    text: "'‹name›' is not a profile of the sandbox. Choose one of these: ‹names›.",
  },
  "alarms-file-unreadable": {
    text: "the file '‹file›' cannot be read (‹code›). Pass a JSON file to --alarms.",
  },
  "alarms-file-not-json": {
    text: "the file '‹file›' is not valid JSON. Check its commas, quotes and brackets.",
  },
  "alarms-file-invalid": {
    text: `the file '‹file›' does not match the monitor's 'alarms' argument: ‹problems›. Use the form {"serviceDown": {"enabled": true, "severity": "ticket", "threshold": 0.8}}. Each of the three settings is optional.`,
  },
  "port-unavailable": {
    text: "port ‹port› cannot be used (‹code›). Choose another port with --port, or pass --port 0 to use any free port.",
  },
  "drawing-not-written": {
    text: "the drawing cannot be written to '‹file›' (‹code›). Pass --svg a file in an existing folder.",
  },
} as const satisfies Readonly<Record<string, MessageText>>;

/** Thrown if the command line or a file is invalid. The message says what is wrong and what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(problems: readonly Problem[]) {
    super(problems.map(printed).join("\n       "));
  }
}

/** An error from the table. */
export function usageError<Code extends keyof typeof usageMessages>(
  code: Code,
  ...[values]: ValuesArgument<(typeof usageMessages)[Code]["text"]>
): UsageError {
  return new UsageError([{ code, text: fill(usageMessages[code].text, values) }]);
}

/** Reads an option's value as a whole number from `least` to `most`, both included. */
export function wholeNumber(least: number, most: number): (typed: string) => number {
  return (typed) => {
    const number = Number(typed);
    if (/^\d+$/.test(typed) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Exit code for an invalid command line, as in other tools. */
export const WRONG_USAGE = 2;

/**
 * The exit code of each verdict. They start at 3, so that a crash (1) or a mistyped option (2) is never mistaken for a
 * verdict. Signals have 128 and above.
 */
export const exitCodes: Readonly<Record<VerdictKind, number>> = {
  valid: 0,
  invalid: 3,
  unfunded: 4,
  misconfigured: 5,
  indeterminate: 6,
  unverified: 7,
};

const meanings: Readonly<Record<VerdictKind, string>> = {
  valid: "the key works",
  invalid: "the key is rejected (HTTP 401, confirmed by a second call)",
  unfunded: "the key works, but its account has insufficient balance",
  misconfigured: "the model or the address is wrong",
  indeterminate: "nothing is known about the key: the service is busy, failing or unreachable. Try again",
  unverified: "the calls succeeded, but prove nothing about the key, and no test call was allowed",
};

/** The table for `--help`. */
export function exitCodesHelp(): string {
  const verdicts = Object.entries(exitCodes).map(([kind, code]) => {
    return [`  ${code}`, kind, meanings[kind as VerdictKind]];
  });
  const others = [
    ["  1", "", "unexpected error: a bug in this program"],
    [`  ${WRONG_USAGE}`, "", "invalid command line, no key, or Node.js is too old"],
  ];
  return `Exit codes:\n${aligned([...verdicts, ...others].toSorted())}`;
}
