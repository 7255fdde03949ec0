import { setTimeout as sleep } from "node:timers/promises";
import { readBody } from "../../provider/deepseek/body.ts";
import { faultOf, type Http, withDeadline } from "../../provider/deepseek/http.ts";
import { delayBeforeRetry } from "../../provider/deepseek/retry.ts";
import { signedHeaders } from "./aws-signature.ts";

/** Absolute deadline of one attempt, in milliseconds. These services answer in tens of milliseconds. */
const TIMEOUT_MS = 3_000;
const MAX_ATTEMPTS = 3;

/** The services that the function calls, with their part of the variable for an endpoint of their own. */
const endpointNames = { secretsmanager: "SECRETS_MANAGER", sns: "SNS" } as const;

interface AwsCall {
  readonly service: keyof typeof endpointNames;
  readonly region: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What became of an attempt. */
export type AwsReply =
  | { readonly type: "answered"; readonly status: number; readonly text: string }
  | { readonly type: "not-reached"; readonly fault: string }
  | { readonly type: "no-credentials" };

/** What the caller makes of a reply. */
export type Read<Value, Problem> =
  | { readonly type: "value"; readonly value: Value }
  | { readonly type: "problem"; readonly problem: Problem; readonly transient: boolean };

/**
 * Calls AWS's HTTP API, with the credentials that Lambda puts into the environment, and repeats the call while the problem is
 * transient. The SDK's clients would be several times as large as the rest of the function.
 *
 * @param environment AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; MONITOR_DNS_SUFFIX outside the partition `aws`;
 *   for tests and private endpoints AWS_ENDPOINT_URL_<service> and AWS_ENDPOINT_URL, as in AWS's SDKs
 */
export async function callAws<Value, Problem>(
  call: AwsCall,
  environment: Readonly<Record<string, string | undefined>>,
  http: Http,
  read: (reply: AwsReply) => Read<Value, Problem>,
): Promise<Read<Value, Problem>> {
  for (let attempt = 1; ; attempt++) {
    const result = read(await attemptOf(call, environment, http));
    const delay = delayBeforeRetry({
      retry: result.type === "problem" && result.transient ? "backoff" : "never",
      attempt,
      rejections: 0,
      maxAttempts: MAX_ATTEMPTS,
      retryAfterMs: 0,
      remainingMs: TIMEOUT_MS,
      random: Math.random(),
    });
    if (delay === undefined) return result;
    await sleep(delay);
  }
}

async function attemptOf(
  { service, region, headers, body }: AwsCall,
  environment: Readonly<Record<string, string | undefined>>,
  http: Http,
): Promise<AwsReply> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!region || !accessKeyId || !secretAccessKey) return { type: "no-credentials" };
  const origin =
    environment[`AWS_ENDPOINT_URL_${endpointNames[service]}`] ||
    environment["AWS_ENDPOINT_URL"] ||
    `https://${service}.${region}.${environment["MONITOR_DNS_SUFFIX"] || "amazonaws.com"}`;
  try {
    const url = new URL("/", origin).href;
    const credentials = { accessKeyId, secretAccessKey, sessionToken: environment["AWS_SESSION_TOKEN"] };
    const signed = signedHeaders({ url, service, region, headers, body }, credentials, new Date());
    return await withDeadline(TIMEOUT_MS, async ({ signal }): Promise<AwsReply> => {
      const response = await http({ method: "POST", url, headers: signed, body, signal });
      const content = await readBody(response);
      return { type: "answered", status: response.status, text: content.type === "text" ? content.text : "" };
    });
  } catch (error) {
    return { type: "not-reached", fault: faultOf(error) };
  }
}

/** Errors for which AWS recommends a retry. Source: 'Common Errors' in the API references of Secrets Manager and SNS. */
const transientErrors = /^(Throttl|TooManyRequests|RequestLimitExceeded|Internal|Service)/;

/** Whether AWS recommends to repeat a call that was answered so. */
export function isTransient(status: number, error: string): boolean {
  return status === 429 || status >= 500 || transientErrors.test(error);
}
