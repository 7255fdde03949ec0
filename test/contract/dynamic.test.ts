import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, vi } from "vitest";
import type { DeepSeekConnectionArgs } from "../../provider/connection.ts";
import type { Bag } from "../../provider/core/values.ts";
import { resolveKey, resolveStrictness } from "../../provider/stack-config.ts";
import { lifecycleContract } from "./contract.ts";
import { type Command, EmulatedEngine, type ProviderFunctions } from "./emulated-engine.ts";
import { serveSandbox } from "./service.ts";
import type { Program } from "./stack.ts";

/** The engine's marker for an unknown value. */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The dynamic shell's functions, in a new process for each command, as the engine starts it. */
async function open({ program, report }: Command): Promise<ProviderFunctions & { readonly news: Bag }> {
  for (const [name, level] of [
    ["info", "info"],
    ["warn", "warning"],
  ] as const) {
    vi.spyOn(pulumi.log, name).mockImplementation(async (text) => report(level, text));
  }
  // Within one command a key is probed only once.
  vi.resetModules();
  const shell = await import("../../provider/dynamic-shell.ts");
  return {
    news: program === undefined ? {} : await newsOf(program),
    async check(olds, news) {
      const { inputs, failures = [] } = await shell.check(olds, news);
      return { inputs, problems: failures.map(({ reason }) => reason) };
    },
    diff: async (olds, news) => (await shell.diff("id", olds, news)).changes === true,
    create: async (inputs) => (await shell.create(inputs)).outs,
    update: async (olds, news) => (await shell.update("id", olds, news)).outs ?? {},
    read: async (state) => (await shell.read("id", state)).props ?? {},
  };
}

/** What the constructor passes to `check`, without the result of a preflight, so that `check` has to probe. */
async function newsOf({ inputs, unknown = [], ambientKey, configuredVerify }: Program): Promise<Bag> {
  vi.stubEnv("DEEPSEEK_API_KEY", ambientKey);
  pulumi.runtime.setAllConfig(configuredVerify === undefined ? {} : { "deepseek:verify": configuredVerify });
  const { apiKey, baseUrl, displayName, verify } = inputs as DeepSeekConnectionArgs;
  const key = resolveKey(apiKey, baseUrl);
  const strictness = resolveStrictness(displayName ?? "main", verify);
  return {
    ...inputs,
    ...strictness,
    apiKey: await new Promise((resolve) => key.apiKey.apply(resolve)),
    apiKeyFrom: key.apiKeyFrom,
    __provider: "the code in state",
    ...Object.fromEntries(unknown.map((name) => [name, unknownMark])),
  };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("the dynamic shell", () => {
  lifecycleContract({ serve: serveSandbox, start: async () => new EmulatedEngine(open), isConcurrent: false });
});
