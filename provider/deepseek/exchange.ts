import { addressOf, type Call, routes } from "./endpoint.ts";
import { discard, faultOf, type Http, type HttpResponse, readText, withDeadline } from "./http.ts";
import type { KnownSecrets } from "./redact.ts";
import { billedTokens, errorMessage, parseJson } from "./replies.ts";
import { parseRetryAfter } from "./retry.ts";
import type { Outcome } from "./verdict.ts";

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
  readonly attempt: number;
  /** Absolute deadline over connect, headers and body, in milliseconds. */
  readonly timeoutMs: number;
  /** Turns the JSON of a 200 into an outcome. */
  readonly read: (json: unknown) => Outcome<Reply>;
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
      const encoded = isEncoded(response);
      // It was not requested, and a short compressed body could expand to a thousand times its length.
      if (encoded) deadline.abort();
      // The deadline also covers reading the body: blank keep-alive lines do not extend it.
      const text = await (encoded ? discard(response.body) : readText(response.body));
      const json = text === undefined ? undefined : parseJson(text);
      const tokens = billedTokens(json);
      if (tokens !== undefined) details = { ...details, tokens };
      return response.status === 200 ? accept(encoded, text, json, options) : refuse(response, text, options.secrets);
    });
  } catch (error) {
    const fault = faultOf(error);
    details = { ...details, fault };
    return { type: "fault", fault };
  } finally {
    const milliseconds = Math.round(performance.now() - started);
    options.record({ method, path, attempt: options.attempt, milliseconds, ...details });
  }
}

function send(options: Exchange<unknown>, signal: AbortSignal): Promise<HttpResponse> {
  const { http, apiKey, headers = {}, baseUrl, call, body } = options;
  return http({
    method: routes[call].method,
    url: addressOf(call, baseUrl),
    headers: {
      accept: "application/json",
      // In lower case, so that a user's `Accept` replaces ours. What follows cannot be replaced.
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      // A short compressed reply could expand to a thousand times its length.
      "accept-encoding": "identity",
      authorization: `Bearer ${apiKey}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal,
  });
}

function accept<Reply>(
  encoded: boolean,
  text: string | undefined,
  json: unknown,
  { read }: Exchange<Reply>,
): Outcome<Reply> {
  if (encoded) return { type: "unusable", reason: "encoded" };
  if (text === undefined) return { type: "unusable", reason: "oversized" };
  if (text.trim() === "") return { type: "unusable", reason: "blank" };
  if (json === undefined) return { type: "unusable", reason: "notJson" };
  return read(json);
}

function isEncoded(response: HttpResponse): boolean {
  return !/^(identity)?$/i.test(response.header("content-encoding")?.trim() ?? "");
}

function refuse(response: HttpResponse, text: string | undefined, secrets: KnownSecrets): Outcome<never> {
  const message = secrets.redact((text === undefined ? undefined : errorMessage(text)) ?? "");
  const retryAfterMs = parseRetryAfter(response.header("retry-after"), Date.now());
  return {
    type: "refusal",
    status: response.status,
    ...(message !== "" && { message }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function describe(response: HttpResponse, secrets: KnownSecrets): Partial<CallRecord> {
  // The service controls this header, so it is logged only if it looks like a trace id.
  const traceId = response.header("x-ds-trace-id");
  const known = traceId !== undefined && /^[\w-]{1,64}$/.test(traceId) && !secrets.areIn(traceId);
  return { status: response.status, ...(known && { traceId }) };
}
