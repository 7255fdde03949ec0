import * as pulumi from "@pulumi/pulumi";
import { announce } from "./announce.ts";
import { type Bag, parseArguments, requestFingerprint, requestOf, type Settings } from "./core/inputs.ts";
import { warning } from "./core/messages.ts";
import { leadsTo } from "./core/policy.ts";
import type { ProbeResult } from "./deepseek/probe.ts";
import type { Verdict } from "./deepseek/verdict.ts";
import { allProbes, probeOnce, thisRun } from "./shared-probes.ts";

/**
 * A verdict on its way from the program to `check`. The engine calls `check` for one resource after another, so
 * probing there would make a program wait for each connection in turn; the program probes all of them at once.
 */
export interface HandedVerdict {
  /** Fingerprint of the request that was made: `check` may have received other inputs (`ignoreChanges`). */
  readonly request: string;
  readonly verdict: Verdict;
}

/**
 * Starts the probe of a connection from the user's program, as soon as its inputs are known and what it depends on is
 * there. Resolves to nothing where `check` has to probe by itself.
 */
export function probeAhead(
  inputs: pulumi.Inputs,
  opts: pulumi.CustomResourceOptions | undefined,
): pulumi.Output<HandedVerdict | undefined> {
  // The engine may put old values in the place of ignored ones, and only `check` sees which.
  if (isMocked() || opts?.ignoreChanges !== undefined) return pulumi.output(undefined);
  const known = pulumi.output(inputs);
  if (opts?.dependsOn === undefined) return known.apply(hand);
  return pulumi.all([known, areThere(opts.dependsOn)]).apply(async ([bag, there]) => (there ? hand(bag) : undefined));
}

/** Under the mocks of a user's unit test nothing is called. */
export function isMocked(): boolean {
  return pulumi.runtime.getMonitor()?.constructor.name === "MockMonitor";
}

/**
 * Waits for what the resource depends on, such as a gateway of the same run. A component's URN is known before its
 * children exist: then only `check`, which the engine calls after all of them, comes at the right time.
 */
function areThere(dependsOn: NonNullable<pulumi.CustomResourceOptions["dependsOn"]>): pulumi.Output<boolean> {
  return pulumi.output(dependsOn).apply((known) => {
    const resources = [known].flat();
    if (resources.some((resource) => pulumi.ComponentResource.isInstance(resource))) return pulumi.output(false);
    return pulumi.all(resources.map((resource) => resource.urn)).apply(() => true);
  });
}

async function hand(inputs: Bag): Promise<HandedVerdict | undefined> {
  const parsed = parseArguments(inputs);
  // What is wrong with the inputs is for `check` to say.
  if (parsed.type !== "settings" || parsed.settings.verify === "none") return undefined;
  const request = requestOf(parsed.settings, false);
  const result = await probeOnce(request);
  await announce(parsed.settings, result);
  await announceFailures(parsed.settings, result);
  return { request: requestFingerprint(request), verdict: result.verdict };
}

/**
 * The engine stops at the first failed check. Where there are several, each is told here, once all probes of the
 * program have ended; a single one is told by its check.
 */
async function announceFailures(settings: Settings, { verdict }: ProbeResult): Promise<void> {
  if (!leadsTo("fail", verdict, "check", settings.verify)) return;
  const run = thisRun();
  run.failing++;
  await allProbes();
  // A warning, since a resource that is not targeted fails nothing.
  if (run.failing > 1) await pulumi.log.warn(warning(verdict, settings));
}
