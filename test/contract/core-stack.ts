import * as lifecycle from "../../provider/core/lifecycle.ts";
import { printed } from "../../provider/core/message-text.ts";
import { type Bag, UNKNOWN } from "../../provider/core/values.ts";
import type { Http } from "../../provider/deepseek/http.ts";
import { probe } from "../../provider/deepseek/probe.ts";
import { type Command, EmulatedEngine, type ProviderFunctions } from "./emulated-engine.ts";
import type { Program } from "./stack.ts";

/** A stack around the core alone. */
export function coreStack(http: Http): EmulatedEngine {
  return new EmulatedEngine((command) => open(http, command));
}

/** The core with a minimal host, which probes through a transport and prints messages. */
async function open(http: Http, { program, report }: Command): Promise<ProviderFunctions & { readonly news: Bag }> {
  const host: lifecycle.Host = {
    report: async (message) => report(message.level, printed(message)),
    probe: (request) => probe(request, http, () => {}),
    now: Date.now,
    ...(program !== undefined && { defaults: defaultsOf(program) }),
  };
  return {
    news: program === undefined ? {} : newsOf(program),
    async check(olds, news) {
      const { inputs, problems } = await lifecycle.check(host, news, olds);
      return { inputs, problems: problems.map(printed) };
    },
    diff: async (olds, news) => lifecycle.diff(olds, news).hasChanges,
    create: async (inputs) => stored(await lifecycle.create(host, inputs)),
    update: async (olds, news) => stored(await lifecycle.update(host, olds, news)),
    read: (state) => lifecycle.read(host, state),
  };
}

function newsOf({ inputs, unknown = [] }: Program): Bag {
  return { ...inputs, ...Object.fromEntries(unknown.map((name) => [name, UNKNOWN])) };
}

function defaultsOf({ ambientKey, configuredVerify }: Program): NonNullable<lifecycle.Host["defaults"]> {
  return {
    ...(ambientKey !== undefined && { apiKey: { value: ambientKey, from: "environment" } }),
    ...(configuredVerify !== undefined && { verify: configuredVerify }),
  };
}

function stored(outcome: lifecycle.Outcome): Bag {
  if (outcome.type === "stored") return outcome.state;
  throw new Error(outcome.problems.map(printed).join("\n"));
}
