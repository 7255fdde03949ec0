import { defineConfig } from "vitest/config";

/** This machine, and the names that no machine has. */
const direct = "127.0.0.1,localhost,.invalid";

/** A part of the tests that can be run alone: `npx vitest run --project <name>`. */
const part = <Options extends object>(name: string, include: string[], options: Options) => ({
  extends: true as const,
  test: { name, include, ...options },
});

/** Parts that start Pulumi's engine. A step of theirs is a process or two, and each waits for the others. */
const onEngine = {
  globalSetup: ["test/support/engine-setup.ts"],
  testTimeout: 180_000,
  hookTimeout: 180_000,
};

/** The one local AWS that is in `npm test`. */
const monitored = "test/aws/monitored.test.ts";

/** The three rows a real gateway that are in `npm test`. */
const gatewaysSmoke = "test/gateways/smoke.test.ts";

export default defineConfig({
  test: {
    // A developer's own key must not reach a test, nor a test of this machine a developer's proxy.
    env: { DEEPSEEK_API_KEY: "", NO_PROXY: direct, no_proxy: direct },
    // Once a run, whichever parts are in it: almost all of them load the package as it is installed.
    globalSetup: "test/support/build-setup.ts",
    // Vitest's own default leaves a core free. The tests wait more than they compute.
    maxWorkers: "100%",
    // Which of them `npm test` runs, and which `npm run test:nightly`, is in package.json. A test holds that each is in one.
    projects: [
      part(
        "unit",
        ["test/{unit,package,soak,bench,summary}/**/*.test.ts", "test/contract/{core,dynamic,deepseek}.test.ts"],
        {
          testTimeout: 30_000,
        },
      ),
      part("cli", ["test/cli/**/*.test.ts"], { testTimeout: 60_000 }),
      part("contract", ["test/contract/engine.test.ts"], onEngine),
      part("engine", ["test/engine/**/*.test.ts"], onEngine),
      part("lifecycle", ["test/lifecycle/**/*.test.ts"], onEngine),
      part("ci", ["test/ci/**/*.test.ts"], onEngine),
      part("aws", [monitored], onEngine),
      part("aws-more", ["test/aws/**/*.test.ts"], { ...onEngine, exclude: [monitored] }),
      part("faults", ["test/faults/**/*.test.ts"], {
        globalSetup: ["test/faults/setup.ts"],
        // Most of them wait.
        maxConcurrency: 40,
        testTimeout: 120_000,
        hookTimeout: 120_000,
      }),
      part("hostile", ["test/hostile/**/*.test.ts"], { testTimeout: 60_000 }),
      part("gateways", [gatewaysSmoke], { testTimeout: 60_000, hookTimeout: 300_000 }),
      part("gateways-more", ["test/gateways/**/*.test.ts"], {
        testTimeout: 60_000,
        hookTimeout: 300_000,
        exclude: [gatewaysSmoke],
      }),
      part("crash", ["test/crash/**/*.test.ts"], {
        ...onEngine,
        globalSetup: [...onEngine.globalSetup, "test/crash/table.ts"],
      }),
      part("adoption", ["test/adoption/**/*.test.ts"], {
        globalSetup: [...onEngine.globalSetup, "test/adoption/setup.ts"],
        // Package managers wait for a registry.
        testTimeout: 600_000,
        hookTimeout: 600_000,
      }),
    ],
    coverage: {
      provider: "v8",
      include: ["{provider,monitor,cli}/**/*.ts"],
      reportsDirectory: "coverage",
      reporter: ["text-summary", "html"],
      // By folder, so that no new file is outside of them. The first three are what `npm run test:unit` reaches, rounded down.
      thresholds: {
        // The resource itself and its preflight run in programs of the engine, which other parts of the tests start.
        "provider/**": { statements: 95, branches: 94, functions: 95, lines: 95 },
        "monitor/**": { statements: 99, branches: 97, functions: 99, lines: 99 },
        // Tested as it is installed, in processes of its own, by the part `cli`.
        "cli/**": { statements: 1, lines: 2 },
        "provider/core/**": { 100: true },
        "provider/deepseek/**": { 100: true },
        // What decides who is told.
        "monitor/alarms/**": { 100: true },
        // Without what is run as the bundle, and what finds it.
        "monitor/lambda/**/!(index|bundle).ts": { 100: true },
        "monitor/rehearsal/cloudwatch.ts": { 100: true },
      },
    },
  },
});
