import * as pulumi from "@pulumi/pulumi";
import { parseInputs, probeRequestOf, type Settings } from "./core/inputs.ts";
import { printed } from "./core/message-text.ts";
import { warningOf } from "./core/messages.ts";
import { leadsTo } from "./core/policy.ts";
import type { Bag } from "./core/values.ts";
import { type ProbeResult, requestFingerprint } from "./deepseek/probe.ts";
import { isMocked } from "./pulumi-internals.ts";
import { allProbes, probeOnce, thisRun } from "./shared-probes.ts";

/**
 * What a probe found, on its way from the program to `check`. The engine calls `check` for one resource after another, so
 * probing there would make a program wait for each connection in turn; the program probes all of them at once.
 */
export interface PreflightResult {
  /** Fingerprint of the request that was made: `check` may have received other inputs (`ignoreChanges`). */
  readonly request: string;
  /** Without the findings: `check` needs only what it reports. */
  readonly result: Pick<ProbeResult, "verdict" | "unlisted">;
}

/**
 * Probes a connection from the user's program, as soon as its inputs are known and what it depends on is there. Resolves to
 * nothing where `check` has to probe by itself.
 */
export function preflight(
  inputs: pulumi.Inputs,
  opts: pulumi.CustomResourceOptions | undefined,
): pulumi.Output<PreflightResult | undefined> {
  // The engine may put old values in the place of ignored ones, and only `check` sees which.
  if (isMocked() || opts?.ignoreChanges !== undefined) return pulumi.output(undefined);
  const known = pulumi.output(inputs);
  if (opts?.dependsOn === undefined) return known.apply(probeInputs);
  return pulumi
    .all([known, areThere(opts.dependsOn)])
    .apply(async ([bag, there]) => (there ? probeInputs(bag) : undefined));
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

async function probeInputs(inputs: Bag): Promise<PreflightResult | undefined> {
  const parsed = parseInputs(inputs);
  // What is wrong with the inputs is for `check` to say.
  if (parsed.type !== "settings" || parsed.settings.verify === "none") return undefined;
  const request = probeRequestOf(parsed.settings, false);
  const result = await probeOnce(request);
  await announceFailure(parsed.settings, result);
  const { verdict, unlisted = [] } = result;
  return { request: requestFingerprint(request), result: { verdict, ...(unlisted.length > 0 && { unlisted }) } };
}

/**
 * The engine stops at the first failed check. Where several connections fail, each is reported here, once all probes of
 * the program have ended; a single one is reported by its check. Without a resource: a message on a resource whose check
 * fails would swallow all later messages of the user's program, so each text names its connection.
 */
async function announceFailure(settings: Settings, { verdict }: ProbeResult): Promise<void> {
  if (!leadsTo("fail", verdict, "check", settings.verify)) return;
  const run = thisRun();
  run.failing++;
  await allProbes();
  // A warning, since a resource that is not targeted fails nothing.
  if (run.failing > 1) await pulumi.log.warn(printed(warningOf(verdict, settings)));
}
