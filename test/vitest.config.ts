import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    // A developer's own key must not reach a test, nor a test of this machine a developer's proxy.
    env: { DEEPSEEK_API_KEY: "", NO_PROXY: "127.0.0.1,localhost", no_proxy: "127.0.0.1,localhost" },
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/{provider,monitor,examples}/**/*.test.ts"], testTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: "engine",
          include: ["test/{engine,lifecycle,aws}/**/*.test.ts"],
          globalSetup: "test/engine/global-setup.ts",
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: "crash",
          include: ["test/crash/**/*.test.ts"],
          globalSetup: ["test/engine/global-setup.ts", "test/crash/table.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["{provider,monitor}/**/*.ts"],
      reportsDirectory: "coverage",
      reporter: ["text-summary", "html"],
      thresholds: {
        "provider/deepseek/**": { 100: true },
        "provider/{decision,arguments,difference,outputs,messages}.ts": { 100: true },
        // What decides who is told.
        "monitor/alarms/**": { 100: true },
        "monitor/lambda/{handler,shard,key,cache,rejection,gauges,measurements,input,log}.ts": { 100: true },
        "monitor/rehearsal/{evaluator,board}.ts": { 100: true },
      },
    },
  },
});
