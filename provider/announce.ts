import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./core/inputs.ts";
import { hints, named, warning } from "./core/messages.ts";
import { leadsTo } from "./core/policy.ts";
import type { ProbeResult } from "./deepseek/probe.ts";

/**
 * Warns of what a check found that does not stop it. Without a resource: a message on a resource whose check fails would
 * swallow all later messages of the user's program, so each text names its connection.
 */
export async function announce(settings: Settings, result: ProbeResult): Promise<void> {
  if (leadsTo("warn", result.verdict, "check", settings.verify)) {
    await pulumi.log.warn(warning(result.verdict, settings));
  }
  for (const text of hints(settings, result)) await pulumi.log.warn(named(settings.displayName, text));
}
