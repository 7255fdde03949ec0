import pLimit from "p-limit";
import type * as z from "zod/mini";
import { type Call, isDefaultHost } from "./endpoint.ts";
import { type CallRecord, type Exchange, exchange } from "./exchange.ts";
import type { Http } from "./http.ts";
import type { Model } from "./offer.ts";
import type { Outcome, Refused } from "./outcome.ts";
import type { ProbeMemory } from "./probe-memory.ts";
import { KnownSecrets } from "./redact.ts";
import { type BalanceReply, balanceReply, type ChatReply, chatReply, modelsReply } from "./replies.ts";
import { type Clock, delayBeforeRetry, totalBudgetMs } from "./retry.ts";
import { retryOf } from "./verdict.ts";

/**
 * Most requests in flight at once in this process, over all clients. With 32 or fewer, a large program has to wait; see
 * `npm run bench:preview`.
 */
const inFlight = pLimit(128);

export interface ClientOptions {
  readonly http: Http;
  readonly apiKey: string;
  /** Extra headers, which `headerIssues` accepts. */
  readonly headers?: Readonly<Record<string, string>>;
  /** As returned by `parseBaseUrl`. */
  readonly baseUrl: string;
  /** Absolute deadline of one attempt over connect, headers and body, in milliseconds. */
  readonly timeoutMs: number;
  /** Maximum attempts for each call while faults are transient, at least 1. */
  readonly maxAttempts: number;
  /** Receives each attempt, for the audit trail. */
  readonly record: (call: CallRecord) => void;
  /** How the time between two attempts passes. */
  readonly clock: Clock;
  /** What earlier probes of this process learned about services. */
  readonly memory: ProbeMemory;
}

/** Calls one service with one key. It is the only layer that retries, and it never throws. */
export class DeepSeekClient {
  readonly #options: ClientOptions;
  /** What nothing that is kept of a reply may contain. */
  readonly secrets: KnownSecrets;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.secrets = KnownSecrets.of(options.apiKey, options.headers);
  }

  /** The models that the service lists. Free of charge. */
  models(): Promise<Outcome<readonly Model[]>> {
    return this.#call("models", (json) => parsed(modelsReply, json));
  }

  /**
   * Whether the account's balance is sufficient, and its amount. Free of charge. DeepSeek offers it, gateways often do
   * not. It is called once without retries, because its result is not worth delaying a probe.
   */
  balance(): Promise<Outcome<BalanceReply>> {
    return this.#call("balance", (json) => parsed(balanceReply, json));
  }

  /**
   * Whether the service refuses the list of models to a request without a key. Only then the list proves that it accepts
   * the key. Free of charge, and without retries: any other answer leaves the key unproven. Some servers only check that
   * a key is present, which this cannot tell apart.
   */
  guardsModels(): Promise<boolean> {
    const { memory, clock, timeoutMs } = this.#options;
    return memory.isGuarded(this.#options, clock.now(), async () => {
      const request = this.#request("models", (json) => parsed(modelsReply, json), 1, timeoutMs);
      const outcome = await inFlight(() => exchange({ ...request, withoutKey: true }));
      return outcome.type === "refusal" && (outcome.status === 401 || outcome.status === 403);
    });
  }

  /**
   * The test call: one output token, without thinking, which would use up the token and leave the answer empty. Servers
   * other than DeepSeek's may refuse the field `thinking`, or break on it: then the call is repeated without it.
   */
  chat(model: string): Promise<Outcome<ChatReply>> {
    const { memory, baseUrl } = this.#options;
    const plain = { model, messages: [{ role: "user", content: "Hi" }], max_tokens: 1, stream: false };
    const full = { ...plain, thinking: { type: "disabled" } };
    if (isDefaultHost(baseUrl)) return this.#call("chat", readChat, full);
    if (memory.omitsThinking(this.#options, model)) return this.#call("chat", readChat, plain);
    return this.#call("chat", readChat, full, (refusal) => {
      if (refusal.namesThinking) memory.omitThinking(this.#options, model);
      return plain;
    });
  }

  #request<Reply>(call: Call, read: Exchange<Reply>["read"], attempt: number, timeoutMs: number): Exchange<Reply> {
    return { ...this.#options, secrets: this.secrets, call, read, attempt, timeoutMs: Math.ceil(timeoutMs) };
  }

  /**
   * One call with its retries.
   *
   * @param simpler the body to send once more, and at once, after a refusal that may be due to the field `thinking`
   */
  async #call<Reply>(
    call: Call,
    read: Exchange<Reply>["read"],
    body?: object,
    simpler?: (refusal: Refused) => object,
  ): Promise<Outcome<Reply>> {
    const { timeoutMs, maxAttempts, clock } = this.#options;
    let remainingMs = totalBudgetMs(timeoutMs, maxAttempts);
    let rejections = 0;
    let sent = body;
    let simplify = simpler;
    // The attempts that count as tries. One whose body is then made simpler is repeated and does not.
    let tries = 0;
    for (let attempt = 1; ; attempt++) {
      const request = this.#request(call, read, attempt, Math.min(timeoutMs, remainingMs));
      const { outcome: seen, spentMs } = await inFlight(() =>
        timed({ ...request, ...(sent !== undefined && { body: sent }) }),
      );
      remainingMs -= spentMs;
      if (simplify !== undefined && seen.type === "refusal" && mayRefuseThinking(seen) && remainingMs > 0) {
        sent = simplify(seen);
        simplify = undefined;
        continue;
      }
      tries++;
      if (seen.type === "refusal" && seen.status === 401) rejections++;
      const outcome = seen.type === "refusal" ? { ...seen, rejections } : seen;
      const delay = delayBeforeRetry({
        retry: call === "balance" ? "never" : retryOf(outcome),
        attempt: tries,
        rejections,
        maxAttempts,
        retryAfterMs: outcome.type === "refusal" ? (outcome.retryAfterMs ?? 0) : 0,
        remainingMs,
        random: Math.random(),
      });
      if (delay === undefined) return outcome;
      await clock.sleep(delay);
      remainingMs -= delay;
    }
  }
}

/** An exchange and its duration. Waiting for a free slot does not count, so it uses up no deadline and no budget. */
async function timed<Reply>(request: Exchange<Reply>): Promise<{ outcome: Outcome<Reply>; spentMs: number }> {
  const started = performance.now();
  const outcome = await exchange(request);
  return { outcome, spentMs: performance.now() - started };
}

function parsed<Reply>(schema: z.ZodMiniType<Reply>, json: unknown): Outcome<Reply> {
  const reply = schema.safeParse(json);
  return reply.success ? { type: "reply", reply: reply.data } : { type: "unusable", reason: "unexpected" };
}

function readChat(json: unknown): Outcome<ChatReply> {
  const outcome = parsed(chatReply, json);
  if (outcome.type !== "reply") return outcome;
  const { choices } = outcome.reply;
  // DeepSeek reports a lack of capacity with HTTP 200. Source: its API documentation, `finish_reason`.
  if (choices.some(({ finish_reason }) => finish_reason === "insufficient_system_resource")) {
    return { type: "unusable", reason: "noCapacity" };
  }
  const isBroken = choices.some(({ finish_reason, error }) => error !== undefined || isFailure(finish_reason));
  return isBroken ? { type: "unusable", reason: "brokenChoice" } : outcome;
}

/**
 * The reasons with which gateways and servers end an answer that failed. Sources: OpenRouter's documentation ('error'),
 * vLLM and SGLang ('abort').
 */
function isFailure(finishReason = ""): boolean {
  return /^(error|abort|aborted|cancel|cancelled|canceled|fail|failed|timeout|overloaded)$/i.test(finishReason);
}

/** The statuses with which servers answer a field that they do not know. A code that decides says that it is not that. */
function mayRefuseThinking({ status, reading }: Refused): boolean {
  return (reading?.isByWords ?? true) && (status === 400 || status === 422 || status === 500);
}
