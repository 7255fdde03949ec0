import { expect, it } from "vitest";
import { parseArguments } from "../../../../provider/core/inputs.ts";
import { verifiedOutputs } from "../../../../provider/core/state.ts";

it("an account without money, whose service refused to list its models, is stored with the allowed ones", () => {
  const inputs = { apiKey: "sk-0123456789abcdef0123456789abcdef", displayName: "main", allowedModels: ["a", "b"] };
  const parsed = parseArguments(inputs);
  if (parsed.type !== "settings") throw new Error("The test's own inputs are wrong.");
  const verdict = { kind: "unfunded", cause: "It is empty.", nextStep: "Top it up." } as const;
  expect(verifiedOutputs(inputs, parsed.settings, { verdict })).toMatchObject({
    models: [{ id: "a" }, { id: "b" }],
    defaultModel: "a",
    status: "unfunded",
    statusReason: "It is empty. Top it up.",
  });
});
