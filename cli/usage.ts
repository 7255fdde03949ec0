import { InvalidArgumentError } from "commander";
import { fill, type MessageText, printed, type ValuesArgument } from "../provider/core/message-text.ts";
import type { Problem } from "../provider/core/problems.ts";
import type { VerdictKind } from "../provider/deepseek/verdict.ts";
import { aligned } from "./terminal.ts";

/** What is said of a command line that cannot be carried out. Problems with a connection's inputs are said in their words. */
export const usageMessages = {
  "key-missing": {
    text: "there is no key: set the environment variable DEEPSEEK_API_KEY, or give --key-file <file>; '--key-file -' reads the standard input, and asks on a terminal.",
  },
  "key-of-environment": {
    text: "a key of the environment goes to ‹baseUrl› alone. For another --base-url give --key-file <file>; '--key-file -' reads the standard input, and asks on a terminal.",
  },
  "key-file-empty": { text: "‹source› is empty: it must contain the key and nothing else." },
  "key-file-assignment": {
    text: "‹source› contains a name and a value: it must contain the key and nothing else.",
  },
  "key-file-unreadable": {
    text: "‹source› cannot be read (‹code›): give a file that contains the key and nothing else.",
  },
  "key-file-too-long": {
    text: "‹source› is longer than ‹most› characters: it must contain the key and nothing else.",
  },
  "key-not-typed": { text: "no key was typed." },
  "key-on-command-line": { text: "an API key must not be on the command line. ‹advice›" },
  "scenario-unknown": {
    text: "there is no scenario '‹name›'. The scenarios are ‹names›.",
  },
  "alarms-file-unreadable": {
    text: "the file '‹file›' cannot be read (‹code›). Give --alarms a JSON file.",
  },
  "alarms-file-not-json": {
    text: "the file '‹file›' is not valid JSON: check its commas, quotes and brackets.",
  },
  "alarms-file-invalid": {
    text: `the file '‹file›' is not what the monitor's 'alarms' takes: ‹problems›. Write it as {"serviceDown": {"enabled": true, "severity": "ticket", "threshold": 0.8}}, each of the three optional.`,
  },
  "port-unavailable": {
    text: "port ‹port› cannot be used (‹code›). Choose another with --port, or 0 for a free one.",
  },
  "drawing-not-written": {
    text: "the drawing cannot be written to '‹file›' (‹code›). Give --svg a file in a folder that exists.",
  },
} as const satisfies Readonly<Record<string, MessageText>>;

/** Thrown when what a person typed or wrote is wrong: the message says what, and what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(problems: readonly Problem[]) {
    super(problems.map(printed).join("\n       "));
  }
}

/** An error of the table. */
export function usageError<Code extends keyof typeof usageMessages>(
  code: Code,
  ...[values]: ValuesArgument<(typeof usageMessages)[Code]["text"]>
): UsageError {
  return new UsageError([{ code, text: fill(usageMessages[code].text, values) }]);
}

/** Reads an option's value as a whole number between the two, both included. */
export function wholeNumber(least: number, most: number): (typed: string) => number {
  return (typed) => {
    const number = Number(typed);
    if (/^\d+$/.test(typed) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** A wrong command line, as in other tools. */
export const WRONG_USAGE = 2;

/**
 * One code a verdict. 1 and 2 are left to what is no verdict, so that a crash or a mistyped option is never taken for a
 * rejected key; what a signal ends has 128 and more.
 */
export const exitCodes: Readonly<Record<VerdictKind, number>> = {
  valid: 0,
  invalid: 3,
  unfunded: 4,
  misconfigured: 5,
  indeterminate: 6,
};

const meanings: Readonly<Record<VerdictKind, string>> = {
  valid: "the key works",
  invalid: "the key is rejected (HTTP 401, seen twice)",
  unfunded: "the key works, and its account has no money",
  misconfigured: "the model or the address is wrong",
  indeterminate: "nothing is known: the service is busy, failing or out of reach. Try again",
};

/** The table for `--help`. */
export function exitCodesHelp(): string {
  const verdicts = Object.entries(exitCodes).map(([kind, code]) => {
    return [`  ${code}`, kind, meanings[kind as VerdictKind]];
  });
  const others = [
    ["  1", "", "something unexpected: an error of this program"],
    [`  ${WRONG_USAGE}`, "", "a wrong command line, or no key"],
  ];
  return `Exit codes:\n${aligned([...verdicts, ...others].toSorted())}`;
}
