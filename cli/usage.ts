import { InvalidArgumentError } from "commander";
import type { VerdictKind } from "../provider/deepseek/verdict.ts";
import { aligned } from "./terminal.ts";

/** Thrown when what a person typed or wrote is wrong: the message says what, and what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
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
