import * as pulumi from "@pulumi/pulumi";
import { printed } from "./core/message-text.ts";
import { connectionMessage, strictnessOverridden } from "./core/messages.ts";
import type { Strictness } from "./core/values.ts";
import { ambientKey } from "./deepseek/api-key.ts";
import { keysPage } from "./deepseek/endpoint.ts";
import { isConfigSecret } from "./pulumi-internals.ts";

export interface ResolvedKey {
  /** A secret; resolves to nothing if no key may be used. */
  readonly apiKey: pulumi.Output<string | undefined>;
  /** Where the key comes from, in the order in which these places are checked. */
  readonly apiKeyFrom: "argument" | "configuration" | "environment";
}

const CONFIG_KEY = "deepseek:apiKey";

/**
 * Finds the key. It is marked as a secret in the program, because a key that the provider adds later would be stored
 * and printed in clear text.
 *
 * @throws pulumi.RunError if the configured key is not a secret.
 */
export function resolveKey(
  given: pulumi.Input<string> | undefined,
  baseUrl: pulumi.Input<string> | undefined,
): ResolvedKey {
  if (given !== undefined) return { apiKey: pulumi.secret(given), apiKeyFrom: "argument" };
  const configured = pulumi.runtime.getConfig(CONFIG_KEY);
  if (configured !== undefined) {
    if (!isConfigSecret(CONFIG_KEY)) {
      throw new pulumi.RunError(printed(connectionMessage("api-key-plain-text", { name: CONFIG_KEY, page: keysPage })));
    }
    return { apiKey: pulumi.secret(configured), apiKeyFrom: "configuration" };
  }
  const apiKey = pulumi.output(baseUrl).apply(ambientKey);
  return { apiKey: pulumi.secret(apiKey), apiKeyFrom: "environment" };
}

/** The base URL of a connection that sets none: the stack's configuration `deepseek:baseUrl`, if there is one. */
export function resolveBaseUrl(given: pulumi.Input<string> | undefined): pulumi.Input<string> | undefined {
  return given ?? new pulumi.Config("deepseek").get("baseUrl");
}

/**
 * How strictly a connection is verified. The stack's configuration `deepseek:verify` overrides the program, so that a
 * rejected key cannot block an unrelated deployment.
 */
export function resolveStrictness(
  displayName: pulumi.Input<string>,
  given: Strictness | undefined,
): { readonly verify?: string } {
  const configured = new pulumi.Config("deepseek").get("verify");
  if (configured === undefined || configured === given) return given === undefined ? {} : { verify: given };
  void pulumi
    .output(displayName)
    .apply((name) => pulumi.log.warn(printed(strictnessOverridden(name, configured, given))));
  return { verify: configured };
}
