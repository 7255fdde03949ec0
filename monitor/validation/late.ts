import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { got, misplacedKeys } from "./problems.ts";
import { refusal } from "./settings.ts";

/** Where a value stands, for messages. */
export interface Spot {
  readonly monitor: string;
  /** Such as `connections.prod.baseUrl`. */
  readonly place: string;
}

/**
 * A value as a rule wants it. One that is known in the program was checked there; one that comes later is checked as soon
 * as it is known, and fails the preview then, or the deployment if it is known no sooner.
 */
export function settle<Rule extends z.ZodType>(
  spot: Spot,
  rule: Rule,
  value: pulumi.Input<string | undefined> | undefined,
): pulumi.Output<z.output<Rule>> {
  return pulumi.output(value).apply((known) => checked(spot, rule, known));
}

/** The same for a key, which moreover must stand nowhere else in the arguments: all else is stored in clear. */
export function settleKey(
  spot: Spot,
  rule: z.ZodType<string>,
  key: pulumi.Input<string>,
  others: unknown,
): pulumi.Output<string> {
  return pulumi.secret(pulumi.output(key).apply((known) => checkedKey(spot, rule, known, others)));
}

/** @throws pulumi.RunError that says what is wrong */
export function checked<Rule extends z.ZodType>({ monitor, place }: Spot, rule: Rule, known: unknown): z.output<Rule> {
  const parsed = rule.safeParse(known);
  if (parsed.success) return parsed.data;
  const end = place.endsWith(".apiKey") ? "" : got(known);
  throw refusal(
    monitor,
    parsed.error.issues.map(({ message }) => `${place}: ${message}${end}`),
  );
}

/** @throws pulumi.RunError that says what is wrong, without the key */
export function checkedKey(spot: Spot, rule: z.ZodType<string>, known: unknown, others: unknown): string {
  const key = checked(spot, rule, known);
  const misplaced = misplacedKeys(others, [key]);
  if (misplaced.length > 0) throw refusal(spot.monitor, misplaced);
  return key;
}
