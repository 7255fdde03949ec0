import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./arguments.ts";
import { leadsTo } from "./decision.ts";
import { isDefaultHost } from "./deepseek/endpoint.ts";
import type { ProbeResult } from "./deepseek/probe.ts";
import { USUAL_KEY } from "./deepseek/redact.ts";
import { named, warning } from "./messages.ts";

/**
 * Warns of what a check found that does not stop it. Without a resource: a message on a resource whose check fails would
 * swallow all later messages of the user's program, so each text names its connection.
 */
export async function announce(settings: Settings, { verdict, findings }: ProbeResult): Promise<void> {
  if (leadsTo("warn", verdict, "check", settings.verify)) {
    await pulumi.log.warn(warning(verdict, settings));
  }
  if (findings !== undefined && findings.unlisted.length > 0) {
    const text = `the service does not list ${findings.unlisted.join(", ")}. Aliases work unlisted; if this is none, check allowedModels and defaultModel.`;
    await pulumi.log.warn(named(settings.displayName, text));
  }
  if (verdict.kind !== "valid" && isDefaultHost(settings.baseUrl) && !isUsual(settings.apiKey)) {
    const text = "apiKey does not look like a key of DeepSeek ('sk-' and 32 hex digits): was all of it copied?";
    await pulumi.log.warn(named(settings.displayName, text));
  }
}

/** Another shape is worth a word and no more. */
function isUsual(apiKey: string): boolean {
  return USUAL_KEY.exec(apiKey)?.[0] === apiKey;
}
