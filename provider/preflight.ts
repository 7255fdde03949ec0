import * as pulumi from "@pulumi/pulumi";
import { failureAhead, freeProbeOf } from "./core/lifecycle.ts";
import { printed } from "./core/message-text.ts";
import type { Message } from "./core/messages.ts";
import type { Bag } from "./core/values.ts";
import { type ProbeResult, requestFingerprint } from "./deepseek/probe.ts";
import { isMocked } from "./pulumi-internals.ts";
import { thisRun } from "./this-run.ts";

/**
 * A probe's result, passed from the program to `check`. The engine calls `check` for one resource after another, so
 * probing there would make a program wait for each connection in turn. The program probes all of them at once instead.
 */
export interface PreflightResult {
  /** Fingerprint of the probe's request: `check` may receive other inputs (`ignoreChanges`). */
  readonly request: string;
  /** Only the parts that `check` reports. */
  readonly result: ProbeResult;
}

/**
 * Probes a connection from the user's program, as soon as its inputs are known and its dependencies exist. Resolves to
 * nothing if `check` has to probe by itself.
 */
export function preflight(
  inputs: pulumi.Inputs,
  opts: pulumi.CustomResourceOptions | undefined,
): pulumi.Output<PreflightResult | undefined> {
  // The engine may replace ignored inputs by their old values, which only `check` sees.
  if (isMocked() || opts?.ignoreChanges !== undefined) return pulumi.output(undefined);
  const known = pulumi.output(inputs);
  if (opts?.dependsOn === undefined) return known.apply(probeInputs);
  return pulumi
    .all([known, areThere(opts.dependsOn)])
    .apply(async ([bag, there]) => (there ? probeInputs(bag) : undefined));
}

/**
 * Waits for the resource's dependencies, such as a gateway that the same run creates. A component's URN is known before
 * its children exist, so with a component only `check`, which the engine calls after them, runs at the right time.
 */
function areThere(dependsOn: NonNullable<pulumi.CustomResourceOptions["dependsOn"]>): pulumi.Output<boolean> {
  return pulumi.output(dependsOn).apply((known) => {
    const resources = [known].flat();
    if (resources.some((resource) => pulumi.ComponentResource.isInstance(resource))) return pulumi.output(false);
    return pulumi.all(resources.map((resource) => resource.urn)).apply(() => true);
  });
}

async function probeInputs(inputs: Bag): Promise<PreflightResult | undefined> {
  // `check` reports what is wrong with the inputs.
  const probe = freeProbeOf(inputs);
  if (probe.type === "none") return undefined;
  const result = await thisRun().probes.once(probe.request);
  await announce(failureAhead(probe.settings, result));
  const { verdict, provesKey, unlisted = [] } = result;
  const shown = { verdict, provesKey, ...(unlisted.length > 0 && { unlisted }) };
  return { request: requestFingerprint(probe.request), result: shown };
}

/**
 * The engine stops at the first failed check. If several connections fail, each is reported here, after all probes of
 * the program have ended; a single failure is reported by its check. The message has no resource, because a message on
 * a resource whose check fails hides all later messages of the user's program. Its text names the connection instead.
 */
async function announce(failure: Message | undefined): Promise<void> {
  if (failure === undefined) return;
  const run = thisRun();
  run.failing++;
  await run.probes.all();
  // Only a warning: with `--target`, the deployment does not fail if this resource is not targeted.
  if (run.failing > 1) await pulumi.log.warn(printed(failure));
}
