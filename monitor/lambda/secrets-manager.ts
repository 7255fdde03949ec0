import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod/mini";
import { readBody } from "../../provider/deepseek/body.ts";
import { parseJson } from "../../provider/deepseek/document.ts";
import { faultOf, type Http, withDeadline } from "../../provider/deepseek/http.ts";
import { nodeHttp } from "../../provider/deepseek/http-node.ts";
import { delayBeforeRetry } from "../../provider/deepseek/retry.ts";
import { signedHeaders } from "./aws-signature.ts";
import { SecretUnreadableError, secretProblems } from "./secret-problems.ts";
import type { ReadSecret, Secret } from "./secrets.ts";

/** Absolute deadline of one attempt, in milliseconds. Secrets Manager answers in tens of milliseconds. */
const TIMEOUT_MS = 3_000;
const MAX_ATTEMPTS = 3;

/**
 * Reads secrets through AWS's HTTP API, with the credentials that Lambda puts into the environment. The SDK's client would be
 * several times as large as the rest of the function.
 *
 * @param environment AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; MONITOR_DNS_SUFFIX outside the
 *   partition `aws`; for tests and private endpoints AWS_ENDPOINT_URL_SECRETS_MANAGER and AWS_ENDPOINT_URL, as in AWS's SDKs
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

type Answer =
  | { readonly type: "secret"; readonly secret: Secret }
  | { readonly type: "error"; readonly error: SecretUnreadableError; readonly transient: boolean };

async function ask(id: string, environment: Readonly<Record<string, string | undefined>>, http: Http): Promise<Answer> {
  // The request is signed with the role's credentials and goes to a host built from the ARN, so the ARN must be valid.
  const [, arnRegion] = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:./.exec(id) ?? [];
  if (arnRegion === undefined && id.includes(":")) return failed(SecretUnreadableError.of("secret-arn-invalid"));
  const region = arnRegion ?? environment["AWS_REGION"];
  if (!region) return failed(SecretUnreadableError.of("secret-no-credentials"));
  const url =
    environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"] ||
    environment["AWS_ENDPOINT_URL"] ||
    `https://secretsmanager.${region}.${environment["MONITOR_DNS_SUFFIX"] || "amazonaws.com"}`;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey) return failed(SecretUnreadableError.of("secret-no-credentials"));
  const body = JSON.stringify({ SecretId: id });
  try {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.GetSecretValue" };
    const request = { url: new URL("/", url).href, service: "secretsmanager", region, headers, body };
    const credentials = { accessKeyId, secretAccessKey, sessionToken: environment["AWS_SESSION_TOKEN"] };
    return await send(http, { url: request.url, headers: signedHeaders(request, credentials, new Date()), body });
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
