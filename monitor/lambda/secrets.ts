import { setTimeout as sleep } from "node:timers/promises";
import { AwsV4Signer } from "aws4fetch";
import * as z from "zod/mini";
import { fill, type MessageText, type ValuesArgument } from "../../provider/core/message-text.ts";
import { type ApiKeyProblem, apiKeyProblem, apiKeyProblems } from "../../provider/deepseek/api-key.ts";
import { readBody } from "../../provider/deepseek/body.ts";
import { parseJson } from "../../provider/deepseek/document.ts";
import { headerIssues } from "../../provider/deepseek/headers.ts";
import { faultOf, type Http, withDeadline } from "../../provider/deepseek/http.ts";
import { nodeHttp } from "../../provider/deepseek/http-node.ts";
import { type Clock, delayBeforeRetry } from "../../provider/deepseek/retry.ts";
import type { Deadline } from "./deadline.ts";

/** A secret's current version. */
export interface Secret {
  readonly value: string;
  /** When this version was stored. */
  readonly createdAt: Date;
}

/**
 * Reads a secret by its ARN or, if it is in the function's own account and Region, by its name. It throws only
 * `SecretUnreadableError`.
 */
export type ReadSecret = (secret: string) => Promise<Secret>;

interface SecretProblem extends MessageText {
  /** One word: AWS's name of the error, or one of our own. */
  readonly reason: string;
  /** Whether waiting may help, for example because the role is only seconds old. */
  readonly mayPass: boolean;
}

/**
 * The reasons why a connection's key cannot be read, by message code. AWS's own text is never repeated. For a value that
 * cannot be an API key, see `apiKeyProblems`.
 */
export const secretProblems = {
  "secret-access-denied": {
    reason: "AccessDeniedException",
    text: "the function's role is not allowed to read the secret.",
    remedy:
      "Grant it secretsmanager:GetSecretValue and, if the secret is encrypted with a customer-managed KMS key, kms:Decrypt.",
    mayPass: true,
  },
  "secret-not-found": {
    reason: "ResourceNotFoundException",
    text: "the secret does not exist or has no value.",
    remedy: "Create the secret and store the key in it.",
    mayPass: true,
  },
  "secret-deleted": {
    reason: "InvalidRequestException",
    text: "the secret is marked for deletion.",
    remedy: "Restore it, or remove the connection.",
    mayPass: true,
  },
  "secret-not-decrypted": {
    reason: "DecryptionFailure",
    text: "the secret cannot be decrypted with its KMS key.",
    remedy: "Check that the KMS key is enabled.",
    mayPass: true,
  },
  "secret-refused": {
    reason: "‹error›",
    text: "AWS Secrets Manager answered HTTP ‹status›.",
    remedy: "Look this error up in the API reference of GetSecretValue.",
    mayPass: true,
  },
  "secret-not-reached": {
    reason: "NotReached",
    text: "AWS Secrets Manager cannot be reached (‹fault›).",
    remedy: "Check the function's network access to AWS Secrets Manager.",
    mayPass: true,
  },
  "secret-reply-unexpected": {
    reason: "UnexpectedReply",
    text: "AWS Secrets Manager sent a reply that cannot be read.",
    mayPass: true,
  },
  "secret-arn-invalid": {
    reason: "NotASecret",
    text: "secretArn is not the ARN of a secret in AWS Secrets Manager.",
    remedy: "Set it to the secret's complete ARN.",
    mayPass: true,
  },
  "secret-no-credentials": {
    reason: "NoCredentials",
    text: "the function's environment contains no AWS credentials or no Region.",
    remedy: "Check the function's execution role.",
    mayPass: true,
  },
  "secret-binary": {
    reason: "NoText",
    text: "the secret contains binary data.",
    remedy: "Store the key as text.",
    mayPass: false,
  },
  "secret-field-needed": {
    reason: "UnusableValue",
    text: "the secret contains JSON, but secretField is not set.",
    remedy: "Set secretField to the name of the property that contains the key.",
    mayPass: false,
  },
  "secret-not-json": {
    reason: "UnusableValue",
    text: "the secret is not a JSON object.",
    remedy: "Remove secretField, or store a JSON object.",
    mayPass: false,
  },
  "secret-field-missing": {
    reason: "UnusableValue",
    text: "the secret's JSON object has no property '‹field›'.",
    remedy: "Set secretField to the name of the property that contains the key.",
    mayPass: false,
  },
  "secret-key-not-text": {
    reason: "UnusableValue",
    text: "the key in the secret is not a string.",
    remedy: "Store the key as a string.",
    mayPass: false,
  },
  "secret-headers-invalid": {
    reason: "UnusableValue",
    text: "the headers in the secret cannot be used (‹problem›).",
    remedy: 'Store {"apiKey": "…", "headers": {"name": "value"}}, with headers as in DeepSeekConnection.',
    mayPass: false,
  },
  "secret-shard-invalid": {
    reason: "UnusableValue",
    text: "the secret does not contain a shard's connections (‹problems›).",
    remedy: "Store them again: run 'pulumi up --replace' with the URN of the shard's SecretVersion.",
    mayPass: false,
  },
  "probe-broke-off": {
    reason: "Unexpected",
    text: "the probe failed with an unexpected error (‹error›).",
    remedy: "Report this as a bug in pulumi-deepseek.",
    mayPass: true,
  },
} as const satisfies Readonly<Record<string, SecretProblem>>;

export type SecretProblemCode = keyof typeof secretProblems;

type TextsOf<Code extends SecretProblemCode> =
  `${(typeof secretProblems)[Code]["reason"]} ${(typeof secretProblems)[Code]["text"]}`;

/** Thrown when a secret cannot be read or contains no usable key. Its message contains no part of the secret's value. */
export class SecretUnreadableError extends Error {
  override readonly name = "SecretUnreadableError";
  /** The code of the message. */
  readonly code: SecretProblemCode | ApiKeyProblem;
  /** One word: AWS's name of the error, such as `AccessDeniedException`, or one of our own. */
  readonly reason: string;
  /** Whether waiting may help, for example because the role is only seconds old. */
  readonly mayPass: boolean;

  private constructor(code: SecretProblemCode | ApiKeyProblem, { reason, text, remedy, mayPass }: SecretProblem) {
    super([`${reason}: ${text}`, ...(remedy === undefined ? [] : [remedy])].join(" "));
    this.code = code;
    this.reason = reason;
    this.mayPass = mayPass;
  }

  static of<Code extends SecretProblemCode>(
    code: Code,
    ...[values]: ValuesArgument<TextsOf<Code>>
  ): SecretUnreadableError {
    const problem: SecretProblem = secretProblems[code];
    const { reason, text } = problem;
    return new SecretUnreadableError(code, { ...problem, reason: fill(reason, values), text: fill(text, values) });
  }

  static ofKey(code: ApiKeyProblem): SecretUnreadableError {
    const text = `the key in the secret ${apiKeyProblems[code]}.`;
    return new SecretUnreadableError(code, { reason: "UnusableValue", text, mayPass: false });
  }
}

/** Absolute deadline of one attempt, in milliseconds. Secrets Manager answers in tens of milliseconds. */
const TIMEOUT_MS = 3_000;
const MAX_ATTEMPTS = 3;

/**
 * Reads secrets through AWS's HTTP API, with the credentials that Lambda puts into the environment. The SDK's client would be
 * ten times as large as the rest of the function.
 *
 * @param environment AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; for tests and private endpoints
 *   AWS_ENDPOINT_URL_SECRETS_MANAGER and AWS_ENDPOINT_URL, as in AWS's SDKs
 */
export function secretsManager(
  environment: Readonly<Record<string, string | undefined>>,
  http: Http = nodeHttp,
): ReadSecret {
  return async (id) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await ask(id, environment, http);
      if (answer.type === "secret") return answer.secret;
      const delay = delayBeforeRetry({
        retry: answer.transient ? "backoff" : "never",
        attempt,
        rejections: 0,
        maxAttempts: MAX_ATTEMPTS,
        retryAfterMs: 0,
        remainingMs: TIMEOUT_MS,
        random: Math.random(),
      });
      if (delay === undefined) throw answer.error;
      await sleep(delay);
    }
  };
}

/** How long a secret is cached, in milliseconds: after a rotation, the old key is used at most this long. */
const LIFETIME_MS = 5 * 60 * 1_000;

interface Entry {
  readonly secret: Promise<Secret>;
  readonly readAt: number;
  /** Whether the request is still in flight. */
  pending: boolean;
}

/** Caches the secrets of an execution environment, in memory only. Failures are not cached. */
export class SecretCache {
  readonly #read: ReadSecret;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(read: ReadSecret, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  /** Returns the secret, which can be up to five minutes old. */
  get(id: string): Promise<Secret> {
    const entry = this.#entries.get(id);
    return entry !== undefined && this.#isFresh(entry) ? entry.secret : this.reread(id);
  }

  /** Reads the secret again. Connections that share it and ask at the same time share one request. */
  reread(id: string): Promise<Secret> {
    const known = this.#entries.get(id);
    if (known?.pending) return known.secret;
    const secret = this.#read(id);
    const entry: Entry = { secret, readAt: this.#clock.now(), pending: true };
    this.#entries.set(id, entry);
    secret.then(
      () => {
        entry.pending = false;
      },
      () => this.#entries.delete(id),
    );
    return secret;
  }

  #isFresh({ readAt, pending }: Entry): boolean {
    return pending || this.#clock.now() - readAt < LIFETIME_MS;
  }
}

/** First and longest pause, in milliseconds. A new role's permissions take effect within about ten seconds. */
const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 4_000;

/** Retries reading a secret until the deadline, because at a deployment the function's role is only seconds old. */
export function patiently(read: ReadSecret, deadline: Deadline): ReadSecret {
  return async (id) => {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
      try {
        return await read(id);
      } catch (error) {
        // The waiting ends before the run does, so that the last error can be reported.
        const isLast = deadline.remainingMs < 2 * waitMs;
        if (!(error instanceof SecretUnreadableError) || !error.mayPass || isLast) throw error;
      }
      await sleep(waitMs);
    }
  };
}

/** What a secret contains for a connection. */
export interface Credentials {
  readonly apiKey: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Returns a key that is stored in a shard's secret, with its headers.
 *
 * @throws SecretUnreadableError if one of them cannot be sent
 */
export function ownCredentials(apiKey: string, headers: Readonly<Record<string, string>> | undefined): Credentials {
  return headers === undefined ? { apiKey: keyIn(apiKey, false) } : withHeaders({ apiKey, headers });
}

/**
 * Returns the key in the value of a user's own secret, and the headers if there are any: then the value is the JSON of an object
 * with both.
 *
 * @param field the property that contains it, if the value is a JSON object
 * @throws SecretUnreadableError if the value cannot be used; the message says why and does not contain the value
 */
export function credentialsIn(value: string, field: string | undefined): Credentials {
  const given = field === undefined ? value : propertyOf(value, field);
  const both = field === undefined ? parseJson(value) : given;
  if (typeof both === "object" && both !== null && "headers" in both) return withHeaders(both);
  return { apiKey: keyIn(given, field === undefined) };
}

function keyIn(given: unknown, isWholeSecret: boolean): string {
  if (typeof given !== "string") throw SecretUnreadableError.of("secret-key-not-text");
  const key = given.trim();
  if (isWholeSecret && /^[{[]/.test(key)) throw SecretUnreadableError.of("secret-field-needed");
  const problem = apiKeyProblem(key);
  if (problem !== undefined) throw SecretUnreadableError.ofKey(problem);
  return key;
}

const headersSchema = z.record(
  z.string(),
  z.pipe(
    z.string(),
    z.transform((text) => text.trim()),
  ),
);

function withHeaders({ apiKey, headers }: { readonly apiKey?: unknown; readonly headers?: unknown }): Credentials {
  const parsed = headersSchema.safeParse(headers);
  if (!parsed.success)
    throw SecretUnreadableError.of("secret-headers-invalid", { problem: "not an object of strings" });
  const [issue] = headerIssues(parsed.data);
  if (issue !== undefined) throw SecretUnreadableError.of("secret-headers-invalid", { problem: issue.code });
  return { apiKey: keyIn(apiKey, false), headers: parsed.data };
}

function propertyOf(value: string, field: string): unknown {
  const json = parseJson(value);
  if (typeof json !== "object" || json === null) throw SecretUnreadableError.of("secret-not-json");
  if (!Object.hasOwn(json, field)) throw SecretUnreadableError.of("secret-field-missing", { field });
  return (json as Readonly<Record<string, unknown>>)[field];
}

type Answer =
  | { readonly type: "secret"; readonly secret: Secret }
  | { readonly type: "error"; readonly error: SecretUnreadableError; readonly transient: boolean };

async function ask(id: string, environment: Readonly<Record<string, string | undefined>>, http: Http): Promise<Answer> {
  // The request is signed with the role's credentials and goes to a host built from the ARN, so the ARN must be valid.
  const [, arnRegion] = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:./.exec(id) ?? [];
  if (arnRegion === undefined && id.includes(":")) return failed(SecretUnreadableError.of("secret-arn-invalid"));
  const region = arnRegion ?? environment["AWS_REGION"];
  if (!region) return failed(SecretUnreadableError.of("secret-no-credentials"));
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const url =
    environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"] ||
    environment["AWS_ENDPOINT_URL"] ||
    `https://secretsmanager.${region}.${domain}`;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey) return failed(SecretUnreadableError.of("secret-no-credentials"));
  const body = JSON.stringify({ SecretId: id });
  try {
    const signer = new AwsV4Signer({
      method: "POST",
      url: new URL("/", url).href,
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.GetSecretValue" },
      body,
      accessKeyId,
      secretAccessKey,
      ...(environment["AWS_SESSION_TOKEN"] && { sessionToken: environment["AWS_SESSION_TOKEN"] }),
      service: "secretsmanager",
      region,
    });
    const signed = await signer.sign();
    return await send(http, { url: signed.url.href, headers: Object.fromEntries(signed.headers), body });
  } catch (error) {
    return failed(SecretUnreadableError.of("secret-not-reached", { fault: faultOf(error) }), true);
  }
}

function send(
  http: Http,
  request: { readonly url: string; readonly headers: Record<string, string>; readonly body: string },
): Promise<Answer> {
  return withDeadline(TIMEOUT_MS, async ({ signal }) => {
    const response = await http({ method: "POST", ...request, signal });
    const body = await readBody(response);
    const json = body.type === "text" ? parseJson(body.text) : undefined;
    return response.status === 200 ? readReply(json) : readError(response.status, json);
  });
}

const secretReply = z.object({ SecretString: z.optional(z.string()), CreatedDate: z.number() });

function readReply(json: unknown): Answer {
  const { data } = secretReply.safeParse(json);
  if (data === undefined) return failed(SecretUnreadableError.of("secret-reply-unexpected"), true);
  if (data.SecretString === undefined) return failed(SecretUnreadableError.of("secret-binary"));
  // Seconds, with fractions. Source: `GetSecretValue` in the API reference.
  const createdAt = new Date(data.CreatedDate * 1_000);
  return { type: "secret", secret: { value: data.SecretString, createdAt } };
}

const errorReply = z.object({ __type: z.string() });

/** The problems whose reason is AWS's name of the error. */
const namedByAws = ["secret-access-denied", "secret-not-found", "secret-deleted", "secret-not-decrypted"] as const;

/** Errors for which AWS recommends a retry. Source: 'Common Errors' and `GetSecretValue` in the API reference. */
const transientErrors =
  /^(Throttling|TooManyRequests|RequestLimitExceeded|InternalServiceError|InternalFailure|Service)/;

function readError(status: number, json: unknown): Answer {
  // "AccessDeniedException", or the same with a namespace and '#' before it. Source: the protocol 'AWS JSON 1.1'.
  const named = /([A-Za-z]{1,64})$/.exec(errorReply.safeParse(json).data?.__type ?? "")?.[1];
  const error = named ?? `HTTP${status}`;
  const code = namedByAws.find((known) => secretProblems[known].reason === error);
  const problem =
    code === undefined ? SecretUnreadableError.of("secret-refused", { error, status }) : SecretUnreadableError.of(code);
  return failed(problem, status === 429 || status >= 500 || transientErrors.test(error));
}

function failed(error: SecretUnreadableError, transient = false): Answer {
  return { type: "error", error, transient };
}
