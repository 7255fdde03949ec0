import { setTimeout as sleep } from "node:timers/promises";
import { AwsV4Signer } from "aws4fetch";
import * as z from "zod/mini";
import { faultOf, type Http, readText, withDeadline } from "../../provider/deepseek/http.ts";
import { nodeHttp } from "../../provider/deepseek/http-node.ts";
import { parseJson } from "../../provider/deepseek/replies.ts";
import { delayBeforeRetry } from "../../provider/deepseek/retry.ts";
import type { Deadline } from "./deadline.ts";

/** A secret's current version. */
export interface Secret {
  readonly value: string;
  /** When this version was stored. */
  readonly createdAt: Date;
}

/** Reads a secret by its ARN. It throws `SecretUnreadableError` and nothing else. */
export type ReadSecret = (arn: string) => Promise<Secret>;

/** Thrown when a secret cannot be read or holds no usable key. Its message never has a part of the secret's value. */
export class SecretUnreadableError extends Error {
  override readonly name = "SecretUnreadableError";
  /** In one word: the name of AWS's error, such as `AccessDeniedException`, or one of our own. */
  readonly reason: string;
  /** Whether waiting may help, as it does with a role that is seconds old. */
  readonly mayPass: boolean;

  constructor(reason: string, explanation: string, { mayPass = true } = {}) {
    super(`${reason}: ${explanation}`);
    this.reason = reason;
    this.mayPass = mayPass;
  }
}

/** Absolute deadline of one attempt, in milliseconds. Secrets Manager answers in tens of milliseconds. */
const TIMEOUT_MS = 3_000;
const MAX_ATTEMPTS = 3;

/** Errors that AWS asks to try again. Source: 'Common Errors' and `GetSecretValue` in the API reference. */
const transientErrors =
  /^(Throttling|TooManyRequests|RequestLimitExceeded|InternalServiceError|InternalFailure|Service)/;

const explanations: Readonly<Record<string, string>> = {
  AccessDeniedException:
    "the function's role may not read the secret. It needs secretsmanager:GetSecretValue, and kms:Decrypt if the " +
    "secret has a key of its own.",
  ResourceNotFoundException: "there is no such secret, or it has no value. Store the key in it again.",
  InvalidRequestException: "the secret is marked for deletion. Restore it, or remove the connection.",
  DecryptionFailure: "the secret's KMS key cannot decrypt it. Check that the key is enabled.",
};

const secretReply = z.object({ SecretString: z.optional(z.string()), CreatedDate: z.number() });
const errorReply = z.object({ __type: z.string() });

/**
 * Reads secrets with AWS's HTTP API and the credentials that Lambda puts into the environment: the SDK's client would
 * weigh ten times as much as all of the rest.
 *
 * @param environment AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; for tests and private endpoints
 *   AWS_ENDPOINT_URL_SECRETS_MANAGER and AWS_ENDPOINT_URL, as AWS's SDKs know them
 */
export function secretsManager(
  environment: Readonly<Record<string, string | undefined>>,
  http: Http = nodeHttp,
): ReadSecret {
  return async (arn) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await ask(arn, environment, http);
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

type Answer =
  | { readonly type: "secret"; readonly secret: Secret }
  | { readonly type: "error"; readonly error: SecretUnreadableError; readonly transient: boolean };

async function ask(
  arn: string,
  environment: Readonly<Record<string, string | undefined>>,
  http: Http,
): Promise<Answer> {
  // Host and region come from the ARN, so it must be one: a request signed with the role's credentials goes there.
  const [, partition, region] = /^arn:(aws[a-z-]*):secretsmanager:([a-z0-9-]+):\d{12}:secret:./.exec(arn) ?? [];
  if (region === undefined) return failed("NotASecret", "this is not the ARN of a secret in AWS Secrets Manager.");
  const domain = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  const url =
    environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"] ||
    environment["AWS_ENDPOINT_URL"] ||
    `https://secretsmanager.${region}.${domain}`;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey) return failed("NoCredentials", "the environment holds no AWS credentials.");
  const body = JSON.stringify({ SecretId: arn });
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
    const fault = faultOf(error);
    return failed("NotReached", `AWS Secrets Manager could not be asked (${fault}).`, true);
  }
}

function send(
  http: Http,
  request: { readonly url: string; readonly headers: Record<string, string>; readonly body: string },
): Promise<Answer> {
  return withDeadline(TIMEOUT_MS, async ({ signal }) => {
    const response = await http({ method: "POST", ...request, signal });
    const json = parseJson((await readText(response.body)) ?? "");
    return response.status === 200 ? read(json) : refuse(response.status, json);
  });
}

function read(json: unknown): Answer {
  const { data } = secretReply.safeParse(json);
  if (data === undefined) return failed("UnexpectedReply", "AWS Secrets Manager answered in another form.", true);
  if (data.SecretString === undefined) {
    return failed("NoText", "the secret holds binary data. Store the key as text.", false, false);
  }
  // Seconds, with fractions. Source: `GetSecretValue` in the API reference.
  const createdAt = new Date(data.CreatedDate * 1_000);
  return { type: "secret", secret: { value: data.SecretString, createdAt } };
}

function refuse(status: number, json: unknown): Answer {
  // "AccessDeniedException", or with its namespace and '#' before it. Source: the protocol 'AWS JSON 1.1'.
  const named = /([A-Za-z]{1,64})$/.exec(errorReply.safeParse(json).data?.__type ?? "")?.[1];
  const reason = named ?? `HTTP${status}`;
  const known = Object.hasOwn(explanations, reason) ? explanations[reason] : undefined;
  const explanation = known ?? `AWS Secrets Manager answered HTTP ${status}.`;
  return failed(reason, explanation, status === 429 || status >= 500 || transientErrors.test(reason));
}

function failed(reason: string, explanation: string, transient = false, mayPass = true): Answer {
  return { type: "error", error: new SecretUnreadableError(reason, explanation, { mayPass }), transient };
}

/** How long a secret is kept, in milliseconds: after a rotation the old key lives at most this long here. */
const LIFETIME_MS = 5 * 60 * 1_000;

interface Entry {
  readonly secret: Promise<Secret>;
  readonly readAt: number;
  /** Whether the answer is still awaited. */
  pending: boolean;
}

/** The secrets of an execution environment, in memory alone. A failure is not kept. */
export class SecretCache {
  readonly #read: ReadSecret;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(read: ReadSecret, now: () => number) {
    this.#read = read;
    this.#now = now;
  }

  /** The secret, up to five minutes old. */
  get(arn: string): Promise<Secret> {
    const entry = this.#entries.get(arn);
    return entry !== undefined && this.#isFresh(entry) ? entry.secret : this.reread(arn);
  }

  /** The secret as it is now. Connections that share it and ask at once share one request. */
  reread(arn: string): Promise<Secret> {
    const known = this.#entries.get(arn);
    if (known?.pending) return known.secret;
    const secret = this.#read(arn);
    const entry: Entry = { secret, readAt: this.#now(), pending: true };
    this.#entries.set(arn, entry);
    secret.then(
      () => {
        entry.pending = false;
      },
      () => this.#entries.delete(arn),
    );
    return secret;
  }

  #isFresh({ readAt, pending }: Entry): boolean {
    return pending || this.#now() - readAt < LIFETIME_MS;
  }
}

/** First and longest wait, in milliseconds. A new role's permissions take effect within about ten seconds. */
const FIRST_WAIT_MS = 250;
const MAX_WAIT_MS = 4_000;

/** Reads a secret as often as the deadline allows: at a deployment the function's role is seconds old. */
export function patiently(read: ReadSecret, deadline: Deadline): ReadSecret {
  return async (arn) => {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
      try {
        return await read(arn);
      } catch (error) {
        // The last error is to be told, so the waiting ends before the run does.
        const isLast = deadline.remainingMs < 2 * waitMs;
        if (!(error instanceof SecretUnreadableError) || !error.mayPass || isLast) throw error;
      }
      await sleep(waitMs);
    }
  };
}

/** Longest key, in characters: gateways hand out tokens of several hundred. */
const MAX_LENGTH = 8_192;

/**
 * The key in a secret's value.
 *
 * @param field the property that holds it, if the value is a JSON object
 * @throws SecretUnreadableError if there is no text that can be a key; the message says what is wrong without the value
 */
export function keyIn(value: string, field: string | undefined): string {
  const text = field === undefined ? value : propertyOf(value, field);
  if (typeof text !== "string") throw unusable("the key in it is not a text.");
  const key = text.trim();
  if (key.length > MAX_LENGTH) throw unusable(`the key in it is longer than ${MAX_LENGTH} characters.`);
  if (key === "") throw unusable("the key in it is blank.");
  if (field === undefined && /^[{[]/.test(key)) throw unusable("it holds JSON: name the property that is the key.");
  if (/\s/.test(key)) throw unusable("the key in it holds a blank or a line break: store the key alone.");
  if (!/^[\x21-\x7e]+$/.test(key)) throw unusable("the key in it holds a character that no key has.");
  if (/['"`]/.test(key)) throw unusable("the key in it holds a quotation mark: store the key alone.");
  return key;
}

function propertyOf(value: string, field: string): unknown {
  const json = parseJson(value);
  if (typeof json !== "object" || json === null) throw unusable("it holds no JSON object.");
  if (!Object.hasOwn(json, field)) throw unusable(`its JSON object has no property '${field}'.`);
  return (json as Readonly<Record<string, unknown>>)[field];
}

function unusable(explanation: string): SecretUnreadableError {
  return new SecretUnreadableError("UnusableValue", explanation, { mayPass: false });
}
