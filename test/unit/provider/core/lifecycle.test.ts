import { expect, it } from "vitest";
import { create, type Host, update } from "../../../../provider/core/lifecycle.ts";
import { UNKNOWN } from "../../../../provider/core/values.ts";
import { exampleKey } from "../../../support/keys.ts";

/* Requests that no engine makes, and that must cause no calls if one does. Everything else is in test/contract. */

const host: Host = {
  report: async () => expect.unreachable("There is nothing to report."),
  probe: async () => expect.unreachable("No call may be made."),
  now: () => 0,
};

const inputs = { apiKey: exampleKey, displayName: "main" };

it.each([
  ["wrong inputs", { verify: "lax", maxAttempts: 0 }, ["argument-not-allowed", "argument-out-of-range"]],
  ["inputs that are still unknown", { baseUrl: UNKNOWN, defaultModel: UNKNOWN }, ["input-unknown"]],
])("create and update refuse %s even without a check before them", async (_, wrong, codes) => {
  for (const outcome of [
    await create(host, { ...inputs, ...wrong }),
    await update(host, { ...inputs, status: "valid" }, { ...inputs, ...wrong }),
  ]) {
    expect(outcome.type === "failed" && outcome.problems.map(({ code }) => code)).toEqual(codes);
  }
});

it("the failure for unknown inputs names them", async () => {
  const outcome = await create(host, { ...inputs, baseUrl: UNKNOWN, defaultModel: UNKNOWN });
  expect(outcome).toMatchObject({
    problems: [
      { text: expect.stringContaining("these inputs are still unknown during the deployment: baseUrl, defaultModel.") },
    ],
  });
});
