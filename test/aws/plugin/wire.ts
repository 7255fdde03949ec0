/**
 * The engine's encoding of values that JSON does not have, as far as this plugin needs it. Source: pulumi/pulumi,
 * sdk/go/common/resource/properties.go and sig/sig.go.
 */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";
const output = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const archive = "0def7320c3a5731c473e5ecbe6d01bc7";
/** A value that is unknown until another resource is created. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Properties = Readonly<Record<string, unknown>>;

/** Removes the wrappers of a value, so that `undefined`, null and absent properties are the same. */
export function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (!isObject(value)) return value ?? undefined;
  switch (value[signature]) {
    case secret:
      return decode(value["value"]);
    case output:
      return "value" in value ? decode(value["value"]) : unknown;
  }
  const entries = Object.entries(value).map(([key, entry]) => [key, decode(entry)] as const);
  return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
}

/** Whether a value is or contains a secret. */
export function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (!isObject(value)) return false;
  const marked = value[signature] === secret || (value[signature] === output && value["secret"] === true);
  return marked || Object.values(value).some(holdsSecret);
}

/** Whether a decoded value is or contains an unknown value. */
export function holdsUnknown(value: unknown): boolean {
  if (typeof value === "string") return value === unknown;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

export function asSecret(value: unknown): unknown {
  return { [signature]: secret, value };
}

/** The path of a decoded `FileArchive`. */
export function archivePath(value: unknown): string {
  if (isObject(value) && value[signature] === archive && typeof value["path"] === "string") return value["path"];
  throw new Error("Only a FileArchive is taken.");
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
