import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    // A developer's own key and proxy must not reach a test.
    env: { DEEPSEEK_API_KEY: "", HTTP_PROXY: "", HTTPS_PROXY: "", http_proxy: "", https_proxy: "" },
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/{provider,examples}/**/*.test.ts"], testTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: "engine",
          include: ["test/{engine,lifecycle}/**/*.test.ts"],
          globalSetup: "test/engine/global-setup.ts",
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["provider/**/*.ts"],
      reportsDirectory: "coverage",
      reporter: ["text-summary", "html"],
      thresholds: {
        "provider/deepseek/**": { 100: true },
        "provider/{decision,arguments,difference,outputs,messages}.ts": { 100: true },
      },
    },
  },
});
