import type { UnhealthyVerdict, Verdict, VerdictKind } from "../deepseek/verdict.ts";
import type { Strictness } from "./values.ts";

/** The engine's steps at which a verdict can stop a deployment. */
export type Step = "check" | "create" | "update";

/** What a verdict means for a deployment. */
export type Decision = "pass" | "warn" | "fail";

const allButValid: Readonly<Record<VerdictKind, Decision>> = {
  valid: "pass",
  unfunded: "fail",
  invalid: "fail",
  misconfigured: "fail",
  unverified: "fail",
  indeterminate: "fail",
};

const check: Readonly<Record<VerdictKind, Decision>> = {
  valid: "pass",
  unfunded: "warn",
  invalid: "fail",
  misconfigured: "fail",
  // The user chose to make no test call.
  unverified: "warn",
  // A preview must not depend on the service being available.
  indeterminate: "warn",
};

// What could not be verified is not stored as verified.
const apply: Readonly<Record<VerdictKind, Decision>> = { ...check, indeterminate: "fail" };

type Verified = Exclude<Strictness, "none">;

const table: Readonly<Record<Verified, Readonly<Record<Step, Readonly<Record<VerdictKind, Decision>>>>>> = {
  standard: { check, create: apply, update: apply },
  strict: { check: allButValid, create: allButValid, update: allButValid },
};

/** Verdict × step × strictness → decision. With `none` there is no verdict. */
export function decide(verdict: VerdictKind, step: Step, strictness: Verified): Decision {
  return table[strictness][step][verdict];
}

/** Whether a verdict leads to this decision. With `none` it is always false. */
export function leadsTo(
  decision: Exclude<Decision, "pass">,
  verdict: Verdict,
  step: Step,
  strictness: Strictness,
): verdict is UnhealthyVerdict {
  return strictness !== "none" && decide(verdict.kind, step, strictness) === decision;
}
