import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** This machine, and host names that do not exist. */
const direct = "127.0.0.1,localhost,.invalid";

/** A part of the tests that can be run alone: `npx vitest run --project <name>`. */
const part = <Options extends object>(name: string, include: string[], options: Options) => ({
  extends: true as const,
  test: { name, include, ...options },
});

/** Parts that start Pulumi's engine. Each step starts processes, which compete for the CPU. */
const onEngine = {
  globalSetup: ["test/support/engine-setup.ts"],
  testTimeout: 180_000,
  hookTimeout: 180_000,
};

/** Parts with programs in other languages, which start the plugin. */
const withLanguages = {
  ...onEngine,
  globalSetup: [...onEngine.globalSetup, "test/support/plugin-setup.ts", "test/support/language-setup.ts"],
  // Python's packages are installed.
  testTimeout: 300_000,
};

/** The only tests of the plugin on the engine in `npm test`: one program in YAML and one in Python. */
const languages = "test/plugin/how-tos.test.ts";

/** The only tests with a local AWS in `npm test`. */
const monitored = "test/aws/monitored.test.ts";

/** The three rows a real gateway that are in `npm test`. */
const gatewaysSmoke = "test/gateways/smoke.test.ts";

/** `npm run verify:real` with its lifecycle on the engine. */
const wholeVerification = "test/real/whole-run.test.ts";
const releaseChecks = "test/release/release.test.ts";

export default defineConfig({
  test: {
    // Tests must not use a developer's key, nor a developer's proxy for servers on this machine.
    env: { DEEPSEEK_API_KEY: "", NO_PROXY: direct, no_proxy: direct },
    // Once for each run: almost all parts load the package as installed.
    globalSetup: "test/support/build-setup.ts",
    // The tests wait more than they compute: with one worker for each core, the cores are often idle.
    maxWorkers: availableParallelism() + 1,
    // package.json lists the parts of `npm test` and of `npm run test:nightly`. A test checks that each part is in one of them.
    projects: [
      part(
        "unit",
        ["test/{unit,package,bench,summary}/**/*.test.ts", "test/contract/{core,dynamic,plugin,deepseek}.test.ts"],
        {
          testTimeout: 30_000,
        },
      ),
      // Slow schedules and many connections make long rehearsals.
      part("rehearsal", ["test/rehearsal/**/*.test.ts"], { testTimeout: 60_000 }),
      part("soak", ["test/soak/**/*.test.ts"], { testTimeout: 120_000 }),
      part("cli", ["test/cli/**/*.test.ts"], { testTimeout: 60_000 }),
      part("contract", ["test/contract/engine.test.ts"], onEngine),
      part("engine", ["test/engine/**/*.test.ts"], onEngine),
      part("lifecycle", ["test/lifecycle/**/*.test.ts"], onEngine),
      part("languages", [languages], withLanguages),
      part("plugin", ["test/plugin/**/*.test.ts"], { ...withLanguages, exclude: [languages] }),
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
      part("replies", ["test/replies/{command-line,function}.test.ts"], { testTimeout: 60_000 }),
      part("replies-engine", ["test/replies/engine-kinds.test.ts"], onEngine),
      part("replies-engine-all", ["test/replies/engine.test.ts"], onEngine),
      part("hostile", ["test/hostile/**/*.test.ts"], { testTimeout: 60_000 }),
      part("gateways", [gatewaysSmoke], { testTimeout: 60_000, hookTimeout: 300_000 }),
      part("gateways-more", ["test/gateways/**/*.test.ts"], {
        testTimeout: 60_000,
        hookTimeout: 300_000,
        exclude: [gatewaysSmoke],
      }),
      part("real", ["test/real/**/*.test.ts"], { testTimeout: 60_000, exclude: [wholeVerification] }),
      part("real-whole", [wholeVerification], onEngine),
      part("release", [releaseChecks], { testTimeout: 60_000, hookTimeout: 60_000 }),
      part("release-whole", ["test/release/whole.test.ts"], { ...onEngine, testTimeout: 900_000 }),
      part("crash", ["test/crash/**/*.test.ts"], {
        ...onEngine,
        globalSetup: [...onEngine.globalSetup, "test/support/plugin-setup.ts", "test/crash/print-results.ts"],
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
      // By folder, so that they include every new file. The first three are the coverage of `npm run test:unit`, rounded down.
      thresholds: {
        // The resource and its preflight run in programs of the engine, in other parts of the tests.
        "provider/**": { statements: 95, branches: 94, functions: 95, lines: 95 },
        "monitor/**": { statements: 99, branches: 97, functions: 99, lines: 99 },
        // Tested as installed, in separate processes, by the part `cli`.
        "cli/**": { statements: 1, lines: 2 },
        "provider/core/**": { 100: true },
        "provider/deepseek/**": { 100: true },
        // Decides who is alerted.
        "monitor/alarms/**": { 100: true },
        // Without the entry point of the bundle, and the module that finds the bundle.
        "monitor/lambda/**/!(index|bundle).ts": { 100: true },
        "monitor/rehearsal/cloudwatch.ts": { 100: true },
      },
    },
  },
});
