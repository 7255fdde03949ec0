/**
 * Largest block of response headers that a transport accepts, in bytes. Node and undici stop at 16 kB by default; content
 * security policies and cookies of gateways can be longer.
 */
export const MAX_HEADER_BYTES = 64 * 1024;

/** One HTTP request. It contains everything that a transport may send. */
interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Fires at the absolute deadline over connect, headers and body. */
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** A response header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Sends one request, without following redirects and without retries. It is an argument, because the provider uses
 * undici, which supports proxies, and the Lambda function uses Node's own client, which adds nothing to its bundle.
 */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;

/**
 * Runs work with one absolute deadline, in milliseconds. The timer is cleared when the work ends, unlike timers of
 * `AbortSignal.timeout`, which would accumulate.
 */
export async function withDeadline<Result>(
  milliseconds: number,
  work: (deadline: AbortController) => Promise<Result>,
): Promise<Result> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(new DOMException("deadline", "TimeoutError")), milliseconds);
  try {
    return await work(deadline);
  } finally {
    clearTimeout(timer);
  }
}

/** Why no reply came, in as much detail as helps a person find the cause. */
export type Fault = "timeout" | "dns" | "refused" | "unreachable" | "reset" | "tls" | "proxy" | "protocol" | "other";

/** Faults by the error codes of Node and undici. The first match wins. */
const faultsByCode: ReadonlyArray<readonly [RegExp, Fault]> = [
  [/^ETIMEDOUT$|^UND_ERR_.*TIMEOUT$/, "timeout"],
  [/^ENOTFOUND$|^EAI_/, "dns"],
  [/^ECONNREFUSED$/, "refused"],
  [/^E(HOST|NET)UNREACH$|^EADDRNOTAVAIL$/, "unreachable"],
  [/^UND_ERR_(PRX_.*|ABORTED)$/, "proxy"],
  [/^ECONNRESET$|^ECONNABORTED$|^EPIPE$|^ERR_STREAM_PREMATURE_CLOSE$|^UND_ERR_(SOCKET|CLOSED|DESTROYED)$/, "reset"],
  [/CERT|^ERR_TLS|^ERR_SSL|SELF_SIGNED|^UNABLE_TO_|^EPROTO$|^HOSTNAME_MISMATCH$/, "tls"],
  [/^HPE_|^Z_|^UND_ERR_(HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH)$/, "protocol"],
];

/** Classifies what a transport threw. The error's message is dropped, since it may contain what was sent. */
export function faultOf(thrown: unknown): Fault {
  // Node and undici wrap the system's error; connecting to a dual-stack host wraps several. No chain is longer than
  // this.
  let error: unknown = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error; depth++) {
    if (error.name === "TimeoutError") return "timeout";
    // undici does not set a code on this error.
    if (error.name === "HTTPParserError") return "protocol";
    const code = String((error as NodeJS.ErrnoException).code ?? "");
    const known = faultsByCode.find(([pattern]) => pattern.test(code));
    if (known !== undefined) return known[1];
    error = error instanceof AggregateError ? error.errors[0] : error.cause;
  }
  return "other";
}
