import type { Http } from "../../provider/deepseek/http.ts";

/** The moment at which a whole run must end. */
export class Deadline {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #passed: Promise<void>;
  readonly #endsAt: number;

  /** @param ms from now, in milliseconds */
  constructor(ms: number) {
    this.#endsAt = performance.now() + ms;
    const { signal } = this.#abort;
    this.#passed = new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    const pass = () => this.#abort.abort(new DOMException("deadline of the run", "TimeoutError"));
    this.#timer = setTimeout(pass, ms);
    if (ms <= 0) pass();
  }

  get passed(): boolean {
    return this.#abort.signal.aborted;
  }

  get remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** Resolves to the result of the work, or to `otherwise` if it takes too long. The work itself is not stopped. */
  within<Result>(work: Promise<Result>, otherwise: () => Result): Promise<Result> {
    return Promise.race([work, this.#passed.then(otherwise)]);
  }

  /** Adds this deadline to a transport, so that no request is in flight when Lambda freezes the function. */
  limit(http: Http): Http {
    return (request) => http({ ...request, signal: AbortSignal.any([request.signal, this.#abort.signal]) });
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
