import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { secretNames } from "../core/inputs.ts";
import type { Bag } from "../core/values.ts";
import { fromEngine, toEngine } from "../engine-values.ts";

/*
 * Properties on the wire between engine and plugin. A secret is an object with a signature around its value. Source:
 * `specialSigKey` and `specialSecretSig` in @pulumi/pulumi's runtime/rpc.
 */

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Properties without their marks. */
export interface Received {
  readonly values: Bag;
  /** The names of the properties that are secrets, or contain one. */
  readonly secrets: readonly string[];
}

export function received(struct: Struct | undefined): Received {
  const raw: Bag = struct?.toJavaScript() ?? {};
  return {
    values: fromEngine(revealed(raw) as Bag),
    secrets: Object.keys(raw).filter((name) => containsSecret(raw[name])),
  };
}

/**
 * Properties for the engine, which encrypts what is marked as a secret.
 *
 * @param secrets the names of properties that came as secrets, besides those that always are
 */
export function sent(values: Bag, secrets: readonly string[] = []): Struct {
  const names = new Set([...secretNames, ...secrets]);
  const marked = Object.entries(toEngine(values)).map(([name, value]) => [
    name,
    names.has(name) ? { [SIGNATURE]: SECRET, value } : value,
  ]);
  return Struct.fromJavaScript(Object.fromEntries(marked));
}

function isSecret(value: object): value is { readonly value: unknown } {
  return SIGNATURE in value && value[SIGNATURE] === SECRET;
}

function revealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return revealed(value.value);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, revealed(part)]));
}

function containsSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isSecret(value) || Object.values(value).some(containsSecret);
}
