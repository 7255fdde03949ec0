import { defineConfig } from "vitest/config";

/** What Stryker runs for each mutant: the tests of the tables and rules, which need no server. */
export default defineConfig({
  test: {
    include: [
      "test/unit/provider/deepseek/{endpoint,redact,retry,verdict}.test.ts",
      "test/unit/provider/core/policy.test.ts",
    ],
  },
});
