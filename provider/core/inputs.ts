import { z } from "zod";
import { apiKeyProblem, apiKeyProblems } from "../deepseek/api-key.ts";
import { type BaseUrlOptions, DEFAULT_BASE_URL, parseBaseUrl } from "../deepseek/endpoint.ts";
import { headerIssues, headerProblems } from "../deepseek/headers.ts";
import { isModelId } from "../deepseek/offer.ts";
import type { ProbeRequest, TestCallUse } from "../deepseek/probe.ts";
import { KnownSecrets, printable } from "../deepseek/redact.ts";
import { describeIssues, headerValuesIn, misplacedSecrets, type Problem, problem } from "./problems.ts";
import { type Bag, Strictness, TestCall, UNKNOWN } from "./values.ts";

/** The one definition of an input, used by parsing, diff, state, the command line and every shell. */
interface Input {
  /** Parses the value, and supplies the default if there is one. */
  readonly schema: z.ZodType;
  /** Whether it is always stored and passed on as a secret. */
  readonly isSecret?: true;
  /** What a change of it requires: to verify the connection again, or only to store the new value. */
  readonly change: "verify" | "store";
  /** Its option on the command line. */
  readonly option?: {
    /** As commander takes it, such as `--timeout <seconds>`. */
    readonly flags: string;
    readonly description: string;
    /** Whether a number is expected. The schema refuses a text that is not a number. */
    readonly isNumber?: true;
    /** Whether the option names a file that contains the value, since a secret must not be on the command line. */
    readonly isFile?: true;
  };
}

const modelId = z
  .string({ error: "must be the id of a model, such as 'deepseek-flash'" })
  .trim()
  .refine(isModelId, {
    error: "must be the id of a model: 1 to 200 printable characters on one line",
    params: { code: "argument-format" },
  });

/** The schema of a base URL. Without the option, it refuses plain http to other machines. */
export function baseUrlSchema(options: BaseUrlOptions = {}) {
  return z
    .string({ error: `must be an address such as ${DEFAULT_BASE_URL}` })
    .transform((text, context) => {
      const parsed = parseBaseUrl(text, options);
      if (parsed.ok) return parsed.baseUrl;
      const { code, problem: reason } = parsed;
      context.addIssue({ code: "custom", message: reason, params: { code } });
      return z.NEVER;
    })
    .default(DEFAULT_BASE_URL);
}

/** Every input of a connection. */
export const inputs = {
  apiKey: {
    schema: z
      .string({
        error:
          "is missing. Set it in the program, run 'pulumi config set --secret deepseek:apiKey', or set the environment " +
          "variable DEEPSEEK_API_KEY, which is used with the default base URL only",
      })
      .trim()
      .superRefine((key, context) => {
        const code = apiKeyProblem(key);
        if (code !== undefined) {
          context.addIssue({ code: "custom", message: apiKeyProblems[code], params: { code }, continue: false });
        }
      }),
    isSecret: true,
    change: "verify",
  },
  baseUrl: {
    // `parseInputs` takes the other one if `allowInsecureHttp` is set.
    schema: baseUrlSchema(),
    change: "verify",
    option: {
      flags: "--base-url <url>",
      description: `the service's address: https, or http on this machine (default: ${DEFAULT_BASE_URL})`,
    },
  },
  headers: {
    schema: z
      .record(z.string(), z.string({ error: "must be a string" }).trim(), {
        error: "must be an object of values by the headers' names",
      })
      .superRefine((headers, context) => {
        for (const { code, name } of headerIssues(headers)) {
          const path = name === undefined ? [] : [name];
          context.addIssue({ code: "custom", message: headerProblems[code], params: { code }, path });
        }
      })
      .transform((headers) => (Object.keys(headers).length === 0 ? undefined : headers))
      .optional(),
    isSecret: true,
    change: "verify",
    option: {
      flags: "--header-file <file>",
      description: "read extra headers from this file, 'name: value' on each line",
      isFile: true,
    },
  },
  allowInsecureHttp: {
    schema: z.boolean({ error: "must be true or false" }).default(false),
    change: "verify",
    option: {
      flags: "--allow-insecure-http",
      description: "allow plain http to other machines than this one, but not to DeepSeek (default: false)",
    },
  },
  allowedModels: {
    schema: z
      .array(modelId, { error: "must be a list of model ids" })
      .min(1, { error: "is empty. Add at least one model, or omit it to allow all models that the service lists" })
      .refine((ids) => new Set(ids).size === ids.length, {
        error: "contains a duplicate",
        params: { code: "argument-duplicate" },
      })
      .optional(),
    change: "verify",
    option: {
      flags: "--allowed-model <id...>",
      description: "the models that may be used (default: all that the service lists)",
    },
  },
  defaultModel: {
    schema: modelId.optional(),
    change: "verify",
    option: {
      flags: "--model <id>",
      description: "the model for the test call (default: the first allowed model that the service lists)",
    },
  },
  displayName: {
    schema: z.string({ error: "must be a string" }).refine((name) => name !== "" && printable(name, 100) === name, {
      error: "must be 1 to 100 characters on one line",
      params: { code: "argument-format" },
    }),
    change: "store",
  },
  verify: {
    schema: z.enum(Strictness, { error: `must be one of ${oneOf(Strictness)}` }).default(Strictness.Standard),
    change: "verify",
  },
  testCall: {
    schema: z.enum(TestCall, { error: `must be one of ${oneOf(TestCall)}` }).default(TestCall.Chat),
    change: "verify",
    option: { flags: "--test-call <what>", description: "chat or models; see below (default: chat)" },
  },
  timeoutSeconds: {
    schema: z
      .number({ error: "must be a number of seconds" })
      .min(1, between(1, 600))
      .max(600, between(1, 600))
      .default(20),
    change: "store",
    option: {
      flags: "--timeout <seconds>",
      description: "deadline of each attempt, from connecting to the last byte, 1 to 600 (default: 20)",
      isNumber: true,
    },
  },
  maxAttempts: {
    schema: z.int({ error: "must be a whole number" }).min(1, between(1, 10)).max(10, between(1, 10)).default(3),
    change: "store",
    option: {
      flags: "--attempts <number>",
      description: "maximum attempts for each call while the service is busy or failing, 1 to 10 (default: 3)",
      isNumber: true,
    },
  },
  keyCreatedAt: {
    schema: z
      .union([z.iso.date(), z.iso.datetime({ offset: true })], {
        error: "must be a date such as 2026-11-24, or a date and time such as 2026-11-24T00:00:00Z (ISO 8601)",
      })
      .optional(),
    change: "store",
  },
  rotateAfterDays: {
    schema: z
      .int({ error: "must be a whole number of days" })
      .min(1, between(1, 3_650))
      .max(3_650, between(1, 3_650))
      .optional(),
    change: "store",
  },
} as const satisfies Readonly<Record<string, Input>>;

export type InputName = keyof typeof inputs;

export const inputNames = Object.keys(inputs) as readonly InputName[];

/** The definition of an input. */
export function definitionOf(name: InputName): Input {
  return inputs[name];
}

/** The properties that are secrets, whatever they came from: inputs, and the output that contains them. */
export const secretNames: readonly string[] = [...inputNames.filter((name) => definitionOf(name).isSecret), "openai"];

type Schemas = { readonly [Name in InputName]: (typeof inputs)[Name]["schema"] };

/** The schema of each input, for the monitor, which takes some of the same inputs. */
export const inputSchemas = Object.fromEntries(inputNames.map((name) => [name, inputs[name].schema])) as Schemas;

const schema = z.strictObject(inputSchemas);

const insecureSchema = schema.extend({ baseUrl: baseUrlSchema({ allowInsecureHttp: true }) });

/** A connection's inputs after validation: normalized, with defaults filled in. */
export type Settings = z.output<typeof schema>;

export type ParsedInputs =
  | { readonly type: "settings"; readonly settings: Settings }
  /** Some inputs are not known before the deployment; the others are valid. */
  | { readonly type: "unknown" }
  | { readonly type: "problems"; readonly problems: readonly Problem[] };

/** Validates a connection's inputs and reports all problems at once. */
export function parseInputs(bag: Bag): ParsedInputs {
  const given = Object.entries(bag).filter(([, value]) => value !== undefined && value !== null);
  const unknown = new Set(given.filter(([, value]) => containsUnknown(value)).map(([name]) => name));
  const known: Bag = Object.fromEntries(given.filter(([name]) => !unknown.has(name)));
  const key = typeof known["apiKey"] === "string" ? known["apiKey"].trim() : "";
  const secrets = new KnownSecrets([key], headerValuesIn(given.find(([name]) => name === "headers")?.[1]));
  const isInsecure = known["allowInsecureHttp"] === true || unknown.has("allowInsecureHttp");
  const parsed = (isInsecure ? insecureSchema : schema).safeParse(known);
  const issues = (parsed.error?.issues ?? []).filter(({ path }) => !unknown.has(String(path[0])));
  const problems = [
    ...describeIssues(
      issues,
      known,
      secrets,
      () => `is not an input of DeepSeekConnection; the inputs are ${inputNames.join(", ")}`,
    ),
    ...misplacedSecrets(known, secrets),
    ...(parsed.success ? disagreements(parsed.data) : []),
  ];
  if (known["rotateAfterDays"] !== undefined && known["keyCreatedAt"] === undefined && !unknown.has("keyCreatedAt")) {
    problems.push(
      problem(
        "rotation-without-date",
        ["rotateAfterDays"],
        "requires keyCreatedAt. Set keyCreatedAt to the date on which the key was created",
      ),
    );
  }
  if (problems.length > 0) return { type: "problems", problems };
  return parsed.success && unknown.size === 0 ? { type: "settings", settings: parsed.data } : { type: "unknown" };
}

/** The inputs among a connection's stored properties. */
export function inputsOf(bag: Bag): Bag {
  return Object.fromEntries(inputNames.flatMap((name) => (name in bag ? [[name, bag[name]]] : [])));
}

/**
 * The probe that a connection's settings call for.
 *
 * @param use when the test call is made, if the connection's `testCall` allows it
 */
export function probeRequestOf(
  settings: Settings,
  use: Exclude<TestCallUse, "never">,
  chosenModel?: string,
): ProbeRequest {
  const { apiKey, headers, baseUrl, allowedModels, defaultModel, timeoutSeconds, maxAttempts } = settings;
  return {
    apiKey,
    ...(headers !== undefined && { headers }),
    baseUrl,
    ...(allowedModels !== undefined && { allowedModels }),
    ...(defaultModel !== undefined && { defaultModel }),
    ...(chosenModel !== undefined && { chosenModel }),
    testCall: settings.testCall === TestCall.Chat ? use : "never",
    timeoutMs: Math.round(timeoutSeconds * 1_000),
    maxAttempts,
  };
}

function disagreements({ defaultModel, allowedModels }: Settings): Problem[] {
  if (defaultModel === undefined || allowedModels === undefined || allowedModels.includes(defaultModel)) return [];
  const text = `'${defaultModel}' is not in allowedModels (${allowedModels.join(", ")}). Add it there, or choose another model`;
  return [problem("default-model-not-allowed", ["defaultModel"], text)];
}

function containsUnknown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(containsUnknown);
  return value === UNKNOWN;
}

/** The values of an enumeration, for a message. */
function oneOf(values: Readonly<Record<string, string>>): string {
  return Object.values(values)
    .map((value) => `'${value}'`)
    .join(", ");
}

function between(min: number, max: number) {
  return { error: `must be from ${min} to ${max}` };
}
