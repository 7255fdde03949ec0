import { defineConfig } from "vitest/config";

/** The tests that Stryker runs for each mutant: those of tables and rules, which need no server. */
export default defineConfig({
  test: {
    include: [
      "test/unit/provider/deepseek/{document,endpoint,recorded-replies,redact,refusal,retry,verdict}.test.ts",
      "test/unit/provider/core/policy.test.ts",
    ],
  },
});
