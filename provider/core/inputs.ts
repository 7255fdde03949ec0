import { createHash } from "node:crypto";
import { z } from "zod";
import { DEFAULT_BASE_URL, parseBaseUrl } from "../deepseek/endpoint.ts";
import type { ProbeRequest } from "../deepseek/probe.ts";
import { containsKey, keyFingerprint, printable, redact, withoutCredentials } from "../deepseek/redact.ts";

/** How strictly a connection is verified; see `verify` in `DeepSeekConnectionArgs`. */
export const Strictness = { Standard: "standard", Strict: "strict", None: "none" } as const;
export type Strictness = (typeof Strictness)[keyof typeof Strictness];

/** Which calls verify a connection besides the free ones; see `testCall` in `DeepSeekConnectionArgs`. */
export const TestCall = {
  /** One chat completion of one token: the only call that sees an outage of inference. */
  Chat: "chat",
  /** The free list of models and the balance alone. They answer while inference is down, and for a retired model. */
  Models: "models",
} as const;
export type TestCall = (typeof TestCall)[keyof typeof TestCall];

/**
 * What the engine hands over in place of an input that is not known yet, whatever the input's type. Source:
 * `unknownValue` in @pulumi/pulumi's runtime/rpc.
 */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A property bag as the engine hands it to a dynamic provider. */
export type Bag = Readonly<Record<string, unknown>>;

const modelId = z
  .string({ error: "must be a model's id, such as 'deepseek-flash'" })
  .trim()
  .regex(/^[\x21-\x7e]{1,128}$/, { error: "must be a model's id: 1 to 128 characters without blanks" });

const schema = z.strictObject({
  apiKey: z
    .string({
      error:
        "is missing. Pass it, or run 'pulumi config set --secret deepseek:apiKey', or set the environment variable " +
        "DEEPSEEK_API_KEY, which is used with the default base URL only",
    })
    .trim()
    .min(1, { error: "is empty", abort: true })
    .refine((key) => !/^bearer\s/i.test(key), { error: "starts with 'Bearer ': give the key alone", abort: true })
    .refine((key) => !/['"`\u2018-\u201f]/.test(key), {
      error: "holds a quotation mark: give the key alone",
      abort: true,
    })
    .refine((key) => !/\s/.test(key), { error: "holds a blank or a line break: give the key alone", abort: true })
    .refine((key) => /^[\x21-\x7e]+$/.test(key), { error: "holds a character that no key has", abort: true }),
  baseUrl: z
    .string({ error: `must be an address such as ${DEFAULT_BASE_URL}` })
    .transform((text, context) => {
      const parsed = parseBaseUrl(text);
      if (parsed.ok) return parsed.baseUrl;
      context.addIssue({ code: "custom", message: `cannot be used: ${parsed.problem}` });
      return z.NEVER;
    })
    .default(DEFAULT_BASE_URL),
  allowedModels: z
    .array(modelId, { error: "must be a list of model ids" })
    .min(1, { error: "is empty: name at least one model, or leave it out to allow all that the service lists" })
    .refine((ids) => new Set(ids).size === ids.length, { error: "names a model twice" })
    .optional(),
  defaultModel: modelId.optional(),
  displayName: z.string({ error: "must be a text" }).refine((name) => name !== "" && printable(name, 100) === name, {
    error: "must be 1 to 100 characters on one line",
  }),
  verify: z.enum(Strictness, { error: `must be one of ${oneOf(Strictness)}` }).default("standard"),
  testCall: z.enum(TestCall, { error: `must be one of ${oneOf(TestCall)}` }).default("chat"),
  timeoutSeconds: z
    .number({ error: "must be a number of seconds" })
    .min(1, limits(1, 600))
    .max(600, limits(1, 600))
    .default(20),
  maxAttempts: z.int({ error: "must be a whole number" }).min(1, limits(1, 10)).max(10, limits(1, 10)).default(3),
  keyCreatedAt: z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], {
      error: "must be a date such as 2026-11-24, or a date and time such as 2026-11-24T00:00:00Z (ISO 8601)",
    })
    .optional(),
  rotateAfterDays: z
    .int({ error: "must be a whole number of days" })
    .min(1, limits(1, 3_650))
    .max(3_650, limits(1, 3_650))
    .optional(),
});

/** The rules of the single inputs, for others that take the same ones: the monitor does. */
export const inputRules = schema.shape;

/** A connection's inputs: checked, brought into one form, with the defaults filled in. */
export type Settings = z.output<typeof schema>;

/** The names of the inputs. */
export const inputNames: readonly string[] = Object.keys(schema.shape);

export type ParsedArguments =
  | { readonly type: "settings"; readonly settings: Settings }
  /** Some inputs are not known before the deployment; nothing is wrong with the others. */
  | { readonly type: "unknown" }
  /** One sentence each, beginning with the input's name, without any part of the key. */
  | { readonly type: "problems"; readonly problems: readonly string[] };

/** Checks a connection's inputs, all of them at once. */
export function parseArguments(bag: Bag): ParsedArguments {
  const given = Object.entries(bag).filter(([, value]) => value !== undefined && value !== null);
  const unknown = new Set(given.filter(([, value]) => holdsUnknown(value)).map(([name]) => name));
  const known = Object.fromEntries(given.filter(([name]) => !unknown.has(name)));
  const parsed = schema.safeParse(known);
  const problems = (parsed.error?.issues ?? []).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return issue.keys.map(describeStranger);
    return unknown.has(String(issue.path[0])) ? [] : [describe(issue.path, issue.message, known)];
  });
  problems.push(...misplacedKey(known));
  if (parsed.success && problems.length === 0 && isOutside(parsed.data)) {
    const { defaultModel, allowedModels } = parsed.data;
    problems.push(`defaultModel: '${defaultModel}' is not among allowedModels (${allowedModels?.join(", ")})`);
  }
  if (known["rotateAfterDays"] !== undefined && known["keyCreatedAt"] === undefined && !unknown.has("keyCreatedAt")) {
    problems.push("rotateAfterDays: needs keyCreatedAt, the day on which the key was made");
  }
  if (problems.length > 0) return { type: "problems", problems };
  return parsed.success && unknown.size === 0 ? { type: "settings", settings: parsed.data } : { type: "unknown" };
}

/** Every other input is stored and printed in clear, so none may hold the key, nor what looks like another one. */
function misplacedKey({ apiKey, ...others }: Bag): string[] {
  const key = typeof apiKey === "string" ? JSON.stringify(apiKey.trim()).slice(1, -1) : "";
  const names = Object.keys(others).filter((name) => containsKey(JSON.stringify(others[name]), [key]));
  return names.map((name) => `${name}: holds an API key, which belongs into apiKey alone`);
}

function isOutside({ defaultModel, allowedModels }: Settings): boolean {
  return defaultModel !== undefined && allowedModels !== undefined && !allowedModels.includes(defaultModel);
}

function holdsUnknown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(holdsUnknown);
  return value === UNKNOWN;
}

function describe(path: readonly PropertyKey[], message: string, known: Bag): string {
  const [name, ...rest] = path.map(String);
  const place = rest.length === 0 ? name : `${name}[${rest.join(".")}]`;
  const value = path.reduce<unknown>((bag, key) => (bag as Bag | undefined)?.[String(key)], known);
  const got = name === "apiKey" || value === undefined ? "" : ` (got ${shown(value, known["apiKey"])})`;
  return `${place}: ${message}${got}`;
}

function describeStranger(name: string): string {
  return `${printable(name, 60)}: is not an input of DeepSeekConnection; the inputs are ${inputNames.join(", ")}`;
}

/** What was given, for a message: short, without the key, which may have been put into the wrong input. */
function shown(value: unknown, apiKey: unknown): string {
  const text = withoutCredentials(JSON.stringify(value));
  return printable(redact(text, typeof apiKey === "string" ? apiKey.trim() : ""), 80);
}

function limits(min: number, max: number) {
  return { error: `must be from ${min} to ${max}` };
}

/** What a connection's settings ask of a probe. */
export function requestOf(settings: Settings, testCall: boolean, chosenModel?: string): ProbeRequest {
  const { apiKey, baseUrl, allowedModels, defaultModel, timeoutSeconds, maxAttempts } = settings;
  return {
    apiKey,
    baseUrl,
    ...(allowedModels !== undefined && { allowedModels }),
    ...(defaultModel !== undefined && { defaultModel }),
    ...(chosenModel !== undefined && { chosenModel }),
    testCall,
    timeoutMs: Math.round(timeoutSeconds * 1_000),
    maxAttempts,
  };
}

/** Tells requests apart without holding the key. */
export function requestFingerprint({ apiKey, ...rest }: ProbeRequest): string {
  const text = JSON.stringify([keyFingerprint(apiKey), Object.entries(rest).toSorted()]);
  return createHash("sha256").update(text).digest("hex");
}

/** The values of an enumeration, for a message. */
export function oneOf(values: Readonly<Record<string, string>>): string {
  return Object.values(values)
    .map((value) => `'${value}'`)
    .join(", ");
}
