import { expect, test } from "vitest";
import { learnableOf } from "../../../../monitor/lambda/learnable.ts";
import { startLambda } from "./support/lambda-under-test.ts";

const limits = { MONITOR_GAUGES: "BalanceLow", MONITOR_LOW_BALANCE: '{"USD":2,"CNY":15}' };
const low = "BalanceLow{Connection=prod,Monitor=health-1a2b}";

test.each([
  ["an account in yuan above its limit", "good", limits.MONITOR_LOW_BALANCE, [0]],
  ["an account in yuan at its limit", "good", '{"USD":2,"CNY":110}', [1]],
  ["an account in dollars below its limit", "unfunded", limits.MONITOR_LOW_BALANCE, [1]],
  ["a currency without a limit", "good", '{"USD":2}', undefined],
  ["a service that reports no balance", "gateway", limits.MONITOR_LOW_BALANCE, undefined],
  ["an outage", "overloaded", limits.MONITOR_LOW_BALANCE, undefined],
] as const)("whether the balance is low is written without a currency: %s", async (_, scenario, amounts, expected) => {
  await using lambda = await startLambda({ MONITOR_GAUGES: "BalanceLow", MONITOR_LOW_BALANCE: amounts });
  lambda.store("prod", scenario);
  const { gauges } = await lambda.run([lambda.connection("prod")]);
  expect(gauges[low as keyof typeof gauges]).toEqual(expected);
});

test("a smoke invocation returns what runs can learn about each connection, other runs do not", async () => {
  await using lambda = await startLambda(limits);
  for (const name of ["good", "gateway", "overloaded"] as const) lambda.store(name, name);
  const connections = ["good", "gateway", "overloaded"].map((name) => lambda.connection(name));
  expect((await lambda.run(connections, { smoke: true })).summary.learnable).toEqual({
    good: { never: [], currencies: ["CNY"] },
    gateway: { never: ["Balance", "BalanceLow"], currencies: [] },
    // Nothing was learned, so nothing is ruled out.
    overloaded: { never: [] },
  });
  expect((await lambda.run(connections)).summary).not.toHaveProperty("learnable");
});

const unverified = { kind: "unverified", code: "x", cause: "", nextStep: "" } as const;
const free = { MONITOR_TEST_CALL: "models", MONITOR_LOW_BALANCE: { USD: 2 } } as const;

test("without a test call, a key that nothing proves can never be rejected, nor its account be found empty", () => {
  const learnable = learnableOf({ verdict: unverified, provesKey: false, balances: [] }, free, 2);
  expect(learnable.never).toEqual(["KeyRejected", "AllKeysRejected", "Unfunded", "LatencyMs", "Balance", "BalanceLow"]);
});

test("without a test call, a key that the list proves can be rejected", () => {
  const balances = [{ currency: "USD", amount: 1 }];
  expect(learnableOf({ verdict: unverified, provesKey: true, balances }, free, 2).never).toEqual(["LatencyMs"]);
});

test("without a second key of the same base URL, that all keys are rejected can never be found", async () => {
  await using lambda = await startLambda();
  lambda.store("one", "good");
  const { summary } = await lambda.run([lambda.connection("one")], { smoke: true });
  expect(summary.learnable?.["one"]?.never).toEqual(["AllKeysRejected", "BalanceLow"]);
  const shared = ["one", "two"].map((name) => lambda.connection("one", { name }));
  const { summary: both } = await lambda.run(shared, { smoke: true });
  expect(both.learnable?.["two"]?.never).toContain("AllKeysRejected");
});
