import type { Defaults } from "../../provider/core/defaults.ts";
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
  };
  return {
    news: program === undefined ? {} : newsOf(program),
    async check(olds, news) {
      const defaults = defaultsOf(program);
      const { inputs, problems } = await lifecycle.parse(host, news, olds, defaults);
      const found = problems.length > 0 ? problems : (await lifecycle.probeFreely(host, inputs)).problems;
      return { inputs, problems: found.map(printed) };
    },
    diff: async (olds, news) => lifecycle.compare(olds, news).hasChanges,
    create: async (inputs) => stored(await lifecycle.create(host, inputs)),
    update: async (olds, news) => stored(await lifecycle.update(host, olds, news)),
    read: (state) => lifecycle.read(host, state),
  };
}

function newsOf({ inputs, unknown = [] }: Program): Bag {
  return { ...inputs, ...Object.fromEntries(unknown.map((name) => [name, UNKNOWN])) };
}

function defaultsOf({ ambientKey, configuredVerify }: Partial<Program> = {}): Defaults {
  return {
    ...(ambientKey !== undefined && { apiKey: { value: ambientKey, from: "environment" } }),
    ...(configuredVerify !== undefined && { verify: configuredVerify }),
  };
}

function stored(outcome: lifecycle.Outcome): Bag {
  if (outcome.type === "stored") return outcome.state;
  throw new Error(outcome.problems.map(printed).join("\n"));
}
