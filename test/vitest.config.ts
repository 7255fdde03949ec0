import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** This machine, and the names that no machine has. */
const direct = "127.0.0.1,localhost,.invalid";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    // A developer's own key must not reach a test, nor a test of this machine a developer's proxy.
    env: { DEEPSEEK_API_KEY: "", NO_PROXY: direct, no_proxy: direct },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/{unit,package,soak,bench}/**/*.test.ts", "test/contract/{core,dynamic}.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "cli",
          include: ["test/cli/**/*.test.ts"],
          globalSetup: "test/cli/global-setup.ts",
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          // One after another: the first one builds toxiproxy.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: { name: "hostile", include: ["test/hostile/**/*.test.ts"], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: "engine",
          include: ["test/{engine,lifecycle,aws,ci}/**/*.test.ts", "test/contract/engine.test.ts"],
          globalSetup: "test/support/engine-setup.ts",
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: "crash",
          include: ["test/crash/**/*.test.ts"],
          globalSetup: ["test/support/engine-setup.ts", "test/crash/table.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: "adoption",
          include: ["test/adoption/**/*.test.ts"],
          globalSetup: ["test/support/engine-setup.ts", "test/adoption/setup.ts"],
          // Package managers wait for a registry.
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
    coverage: {
      provider: "v8",
      include: ["{provider,monitor,cli}/**/*.ts"],
      reportsDirectory: "coverage",
      reporter: ["text-summary", "html"],
      thresholds: {
        "provider/deepseek/**": { 100: true },
        "provider/core/**": { 100: true },
        // What decides who is told.
        "monitor/alarms/**": { 100: true },
        "monitor/lambda/{handler,shard-probe,measurements,invocation,log}.ts": { 100: true },
        "monitor/rehearsal/cloudwatch.ts": { 100: true },
      },
    },
  },
});
