/** One request of the core. It names everything that a transport may send. */
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
 * Sends one request. Redirects are not followed and nothing is retried. The core takes it as an argument, because the
 * provider runs on undici, for its proxy support, and the Lambda on Node's own client, which adds nothing to its bundle.
 */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;

/**
 * Does work that has one absolute deadline, in milliseconds. Its timer is cleared when the work is over, unlike those of
 * `AbortSignal.timeout`, which would pile up.
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

/** Largest reply that is read, in bytes: a list of several thousand models. Anything longer is not DeepSeek's. */
export const MAX_REPLY_BYTES = 1024 * 1024;

/** Reads a body as text, or gives `undefined` and hangs up once it is longer than `MAX_REPLY_BYTES`. */
export async function readText(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    // Leaving the loop destroys the body, and the connection with it.
    if (size > MAX_REPLY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Lets go of a body. Left alone, one that breaks later would throw its error at the whole process. */
export async function discard(body: AsyncIterable<Uint8Array>): Promise<undefined> {
  try {
    for await (const _ of body) return;
  } catch {
    // Nothing of it was wanted.
  }
}

/** Why no reply came, as far as it helps a person to find the cause. */
export type Fault = "timeout" | "dns" | "refused" | "unreachable" | "reset" | "tls" | "proxy" | "protocol" | "other";

/** The kinds of error codes of Node and undici. The first that fits decides. */
const faultsByCode: ReadonlyArray<readonly [RegExp, Fault]> = [
  [/^ETIMEDOUT$|^UND_ERR_.*TIMEOUT$/, "timeout"],
  [/^ENOTFOUND$|^EAI_/, "dns"],
  [/^ECONNREFUSED$/, "refused"],
  [/^E(HOST|NET)UNREACH$|^EADDRNOTAVAIL$/, "unreachable"],
  [/^UND_ERR_(PRX_.*|ABORTED)$/, "proxy"],
  [/^ECONNRESET$|^ECONNABORTED$|^EPIPE$|^ERR_STREAM_PREMATURE_CLOSE$|^UND_ERR_(SOCKET|CLOSED|DESTROYED)$/, "reset"],
  [/CERT|^ERR_TLS|^ERR_SSL|SELF_SIGNED|^UNABLE_TO_|^EPROTO$|^HOSTNAME_MISMATCH$/, "tls"],
  [/^HPE_|^UND_ERR_(HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH)$/, "protocol"],
];

/** Finds the fault behind whatever a transport threw. Its message is dropped: it may repeat what was sent. */
export function faultOf(thrown: unknown): Fault {
  // Node and undici wrap the system's error, a dual-stack connect wraps several: no chain is longer than this.
  let error: unknown = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error; depth++) {
    if (error.name === "TimeoutError") return "timeout";
    // undici leaves out this error's code.
    if (error.name === "HTTPParserError") return "protocol";
    const code = String((error as NodeJS.ErrnoException).code ?? "");
    const known = faultsByCode.find(([pattern]) => pattern.test(code));
    if (known !== undefined) return known[1];
    error = error instanceof AggregateError ? error.errors[0] : error.cause;
  }
  return "other";
}
