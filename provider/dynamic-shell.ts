import * as pulumi from "@pulumi/pulumi";
import type { Defaults } from "./core/defaults.ts";
import * as lifecycle from "./core/lifecycle.ts";
import { printed } from "./core/message-text.ts";
import { textOf } from "./core/problems.ts";
import type { StoredConnection } from "./core/state.ts";
import type { Bag } from "./core/values.ts";
import { requestFingerprint } from "./deepseek/probe.ts";
import { fromEngine, toEngine } from "./engine-values.ts";
import type { PreflightResult } from "./preflight.ts";
import { connectLog } from "./pulumi-internals.ts";
import { thisRun } from "./this-run.ts";

/*
 * The functions that the engine calls in the process that runs dynamic providers. `dynamic.ts` finds these five
 * functions by their names and by the package's export path `pulumi-deepseek/provider/lifecycle`. There is no `delete`:
 * nothing exists outside the state, and deleting must not need the package, the key or the network.
 */

connectLog();

/** What this process has reported. `check` and `update` may find the same. */
const reported = new Set<string>();

const host: lifecycle.Host = {
  report: async (message) => {
    const text = printed(message);
    if (reported.has(text)) return;
    reported.add(text);
    await pulumi.log[message.level === "warning" ? "warn" : "info"](text);
  },
  probe: (request) => thisRun().probes.once(request),
  now: Date.now,
};

/** Each failure has an empty `property`, because the engine prints the value of a property that is named. */
export async function check(olds: Bag, news: Bag): Promise<pulumi.dynamic.CheckResult> {
  // What the constructor passes to `check` only must not reach state. The plugin adds `__provider` again by itself.
  const { verdict, apiKeyFrom, __provider, ...given } = fromEngine(news);
  const preflight = verdict as PreflightResult | undefined;
  const { apiKey, ...others } = given;
  const isAmbient = apiKeyFrom === "environment" && apiKey !== undefined;
  const checking: lifecycle.Host = {
    ...host,
    // The program's result if it came from exactly these inputs; otherwise a new probe.
    probe: async (request) =>
      preflight?.request === requestFingerprint(request) ? preflight.result : host.probe(request),
  };
  const defaults: Defaults = isAmbient ? { apiKey: { value: apiKey, from: "environment" } } : {};
  const parsed = await lifecycle.parse(checking, isAmbient ? others : given, fromEngine(olds), defaults);
  const { problems } = parsed.problems.length > 0 ? parsed : await lifecycle.probeFreely(checking, parsed.inputs);
  const failures = problems.map((each) => ({ property: "", reason: printed(each) }));
  return { inputs: toEngine(parsed.inputs), failures };
}

export async function diff(_id: string, olds: Bag, news: Bag): Promise<pulumi.dynamic.DiffResult> {
  return { changes: lifecycle.compare(olds, inputsFrom(news)).hasChanges };
}

export async function create(inputs: Bag): Promise<pulumi.dynamic.CreateResult> {
  const outs = stateOf(await lifecycle.create(host, inputsFrom(inputs)));
  return { id: lifecycle.newId(), outs };
}

export async function update(_id: string, olds: Bag, news: Bag): Promise<pulumi.dynamic.UpdateResult> {
  return { outs: stateOf(await lifecycle.update(host, olds, inputsFrom(news))) };
}

export async function read(id: string, props: Bag): Promise<pulumi.dynamic.ReadResult> {
  return { id, props: await lifecycle.read(host, props) };
}

function inputsFrom(news: Bag): Bag {
  const { __provider, ...inputs } = fromEngine(news);
  return inputs;
}

/**
 * The state to store.
 *
 * @throws Error if there is none. The engine prints what is thrown, so its text contains no key. It has no cause, and
 * no `id`, which would make the engine store an incomplete resource.
 */
function stateOf(outcome: lifecycle.Outcome): StoredConnection {
  if (outcome.type === "stored") return outcome.state;
  throw new Error(textOf(outcome.problems));
}
