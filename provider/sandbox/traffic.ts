import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

export interface RecordedRequest {
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  /** As requested, with the query if there is one. */
  readonly path: string;
  readonly authorization: string | undefined;
  /** Parsed if it is JSON, otherwise the text itself; `undefined` if it is empty. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
}

/** Records every request, and how many were in flight at once. */
export class Traffic {
  readonly requests: RecordedRequest[] = [];
  #inFlight = 0;
  #maxInFlight = 0;

  /** The highest number of requests in flight at once since the last `clear`. */
  get maxInFlight(): number {
    return this.#maxInFlight;
  }

  /** Deletes the recorded requests. Those still in flight continue to count. */
  clear(): void {
    this.requests.length = 0;
    this.#maxInFlight = this.#inFlight;
  }

  /** Counts a request as in flight until its response is closed. */
  watch(response: ServerResponse): void {
    this.#inFlight += 1;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
    response.once("close", () => {
      this.#inFlight -= 1;
    });
  }

  record(request: IncomingMessage, at: number, body: unknown): RecordedRequest {
    const { method = "", url = "", headers } = request;
    const recorded = { at, method, path: url, authorization: headers.authorization, body, headers };
    this.requests.push(recorded);
    return recorded;
  }
}

export async function readBody(request: IncomingMessage): Promise<unknown> {
  const raw = await text(request);
  if (raw === "") return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}
