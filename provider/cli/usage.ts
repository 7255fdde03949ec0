import { InvalidArgumentError } from "commander";

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
