import { expect, test } from "vitest";
import { decide, leadsTo } from "../../../../provider/core/policy.ts";
import type { VerdictKind } from "../../../../provider/deepseek/verdict.ts";

test.each([
  { verdict: "valid", check: "pass", create: "pass", update: "pass" },
  { verdict: "unfunded", check: "warn", create: "warn", update: "warn" },
  { verdict: "invalid", check: "fail", create: "fail", update: "fail" },
  { verdict: "misconfigured", check: "fail", create: "fail", update: "fail" },
  { verdict: "unverified", check: "warn", create: "warn", update: "warn" },
  { verdict: "indeterminate", check: "warn", create: "fail", update: "fail" },
] as const)(
  "with verify: standard, '$verdict' means $check at preview, $create at create, $update at update",
  ({ verdict, ...steps }) => {
    expect(decide(verdict, "check", "standard")).toBe(steps.check);
    expect(decide(verdict, "create", "standard")).toBe(steps.create);
    expect(decide(verdict, "update", "standard")).toBe(steps.update);
  },
);

test.each(["check", "create", "update"] as const)(
  "with verify: strict, every verdict except 'valid' fails at %s",
  (step) => {
    expect(decide("valid", step, "strict")).toBe("pass");
    const others: VerdictKind[] = ["unfunded", "invalid", "misconfigured", "unverified", "indeterminate"];
    for (const verdict of others) expect(decide(verdict, step, "strict")).toBe("fail");
  },
);

test("leadsTo follows the table, and is false with verify: none", () => {
  const verdict = { kind: "invalid", code: "key-rejected", cause: "It is rejected.", nextStep: "Check it." } as const;
  expect(leadsTo("fail", verdict, "check", "standard")).toBe(true);
  expect(leadsTo("warn", verdict, "check", "standard")).toBe(false);
  expect(leadsTo("fail", verdict, "check", "none")).toBe(false);
  expect(leadsTo("fail", { kind: "valid" }, "create", "strict")).toBe(false);
});
