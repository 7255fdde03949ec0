import { type Body, readBody } from "./body.ts";
import { parseDocument } from "./document.ts";
import { addressOf, type Call, routes } from "./endpoint.ts";
import { faultOf, type Http, type HttpResponse, withDeadline } from "./http.ts";
import type { Outcome } from "./outcome.ts";
import type { KnownSecrets } from "./redact.ts";
import { readRefusal, reportsError } from "./refusal.ts";
import { meaningOf } from "./refusal-codes.ts";
import { billedTokens } from "./replies.ts";
import { parseRetryAfter } from "./retry.ts";

/** One attempt of a call, for the audit trail. It contains only what may be logged. */
export interface CallRecord {
  readonly method: string;
  readonly path: string;
  /** 1 for the first try, 2 for the first retry. */
  readonly attempt: number;
  readonly milliseconds: number;
  /** HTTP status; absent if no answer came. */
  readonly status?: number;
  /** What went wrong below HTTP. */
  readonly fault?: string;
  /** Tokens that the call was billed for. */
  readonly tokens?: number;
  /** DeepSeek's `x-ds-trace-id`: what its support asks for. */
  readonly traceId?: string;
  /** Present if the key was left out, to find out whether the service refuses that. */
  readonly withoutKey?: true;
}

export interface Exchange<Reply> {
  readonly http: Http;
  readonly apiKey: string;
  /** Extra headers, which `headerIssues` accepts. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What no record and no outcome may contain. */
  readonly secrets: KnownSecrets;
  readonly baseUrl: string;
  readonly call: Call;
  readonly body?: object;
  /** Leaves the key out, and nothing else. */
  readonly withoutKey?: true;
  readonly attempt: number;
  /** Absolute deadline over connect, headers and body, in milliseconds. */
  readonly timeoutMs: number;
  /** Turns the JSON of a 2xx into an outcome. */
  readonly read: (document: unknown) => Outcome<Reply>;
  readonly record: (call: CallRecord) => void;
}

/** Sends one request and turns any response or fault into an outcome. It never throws. */
export async function exchange<Reply>(options: Exchange<Reply>): Promise<Outcome<Reply>> {
  const { method, path } = routes[options.call];
  const started = performance.now();
  let details: Partial<CallRecord> = {};
  try {
    return await withDeadline(options.timeoutMs, async (deadline) => {
      const response = await send(options, deadline.signal);
      details = describe(response, options.secrets);
      // The deadline also covers reading the body: blank keep-alive lines do not extend it.
      const body = await readBody(response);
      const document = body.type === "text" ? parseDocument(body.text) : undefined;
      const tokens = billedTokens(document);
      if (tokens !== undefined) details = { ...details, tokens };
      const isSuccess = response.status >= 200 && response.status < 300;
      return isSuccess ? accept(response, body, document, options) : refuse(response, body, document, options);
    });
  } catch (error) {
    const fault = faultOf(error);
    details = { ...details, fault };
    return { type: "fault", fault };
  } finally {
    const milliseconds = Math.round(performance.now() - started);
    const { attempt, withoutKey } = options;
    options.record({ method, path, attempt, milliseconds, ...details, ...(withoutKey && { withoutKey }) });
  }
}

function send(options: Exchange<unknown>, signal: AbortSignal): Promise<HttpResponse> {
  const { http, apiKey, headers = {}, baseUrl, call, body, withoutKey } = options;
  return http({
    method: routes[call].method,
    url: addressOf(call, baseUrl),
    headers: {
      accept: "application/json",
      // In lower case, so that a user's `Accept` replaces ours. What follows cannot be replaced.
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      // A short compressed reply could expand to a thousand times its length.
      "accept-encoding": "identity",
      ...(!withoutKey && { authorization: `Bearer ${apiKey}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal,
  });
}

function accept<Reply>(
  response: HttpResponse,
  body: Body,
  document: unknown,
  options: Exchange<Reply>,
): Outcome<Reply> {
  if (body.type === "unreadable") return { type: "unusable", reason: body.reason };
  if (body.text.trim() === "") return { type: "unusable", reason: "blank" };
  if (document === undefined) return { type: "unusable", reason: "notJson" };
  const outcome = options.read(document);
  // Gateways answer 200 before they know the outcome, and put the error into the body.
  return outcome.type === "reply" || !reportsError(document) ? outcome : refuse(response, body, document, options);
}

/** The whole body is read first. What is shown of it is redacted and shortened afterwards. */
function refuse(
  response: HttpResponse,
  body: Body,
  document: unknown,
  { secrets, baseUrl }: Exchange<unknown>,
): Outcome<never> {
  const refusal = readRefusal(response.status, body.type === "text" ? body.text : "", document);
  const reading = meaningOf(refusal, baseUrl);
  const words = secrets.redact(refusal.words ?? "");
  const retryAfterMs = parseRetryAfter(response.header("retry-after"), Date.now());
  return {
    type: "refusal",
    status: response.status,
    ...(reading !== undefined && { reading }),
    ...(words !== "" && { words }),
    ...(refusal.isJson && { isFromApi: true }),
    ...(refusal.words?.includes("thinking") === true && { namesThinking: true }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function describe(response: HttpResponse, secrets: KnownSecrets): Partial<CallRecord> {
  // The service controls this header, so it is logged only if it looks like a trace id.
  const traceId = response.header("x-ds-trace-id");
  const known = traceId !== undefined && /^[\w-]{1,64}$/.test(traceId) && !secrets.areIn(traceId);
  return { status: response.status, ...(known && { traceId }) };
}
