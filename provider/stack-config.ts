import * as pulumi from "@pulumi/pulumi";
import { ambientKey } from "./deepseek/api-key.ts";
import { keysPage } from "./deepseek/endpoint.ts";

/** Where a key comes from, in the order in which the places are looked at. */
type KeyOrigin = "argument" | "configuration" | "environment";

export interface ResolvedKey {
  /** A secret; resolves to nothing where there is no key that may be used. */
  readonly apiKey: pulumi.Output<string | undefined>;
  readonly apiKeyFrom: KeyOrigin;
}

const CONFIG_KEY = "deepseek:apiKey";

/**
 * Finds the key in the program. It is marked as a secret here, since one that the provider adds later would be stored
 * and printed in clear.
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
    if (!isConfigSecret(CONFIG_KEY)) throw new pulumi.RunError(notSecret);
    return { apiKey: pulumi.secret(configured), apiKeyFrom: "configuration" };
  }
  const apiKey = pulumi.output(baseUrl).apply(ambientKey);
  return { apiKey: pulumi.secret(apiKey), apiKeyFrom: "environment" };
}

const notSecret =
  `The configuration ${CONFIG_KEY} is stored in plain text. Store it as a secret: ` +
  `'pulumi config set --secret ${CONFIG_KEY}' asks for it. It may have been committed: then revoke it at ${keysPage} ` +
  "and store a new one.";

/** Part of Pulumi's runtime, and the only thing that tells; its type declarations leave it out. */
const { isConfigSecret } = pulumi.runtime as unknown as { readonly isConfigSecret: (name: string) => boolean };
