import pLimit from "p-limit";
import type * as z from "zod/mini";
import type { Call } from "./endpoint.ts";
import { type CallRecord, type Exchange, exchange } from "./exchange.ts";
import type { Http } from "./http.ts";
import type { Model } from "./offer.ts";
import { keyFinder } from "./redact.ts";
import { type BalanceReply, balanceReply, type ChatReply, chatReply, modelsReply } from "./replies.ts";
import { type Clock, delayBeforeRetry, totalBudgetMs } from "./retry.ts";
import { type Outcome, retryOf } from "./verdict.ts";

/**
 * Requests under way at once in this process, over all clients. 32 and fewer make a large program wait in line; see
 * `npm run bench:preview`.
 */
const inFlight = pLimit(128);

export interface ClientOptions {
  readonly http: Http;
  readonly apiKey: string;
  /** As `parseBaseUrl` gives it. */
  readonly baseUrl: string;
  /** Absolute deadline of one attempt over connect, headers and body, in milliseconds. */
  readonly timeoutMs: number;
  /** How often a call is made at most while faults are transient, at least 1. */
  readonly maxAttempts: number;
  /** Is told of each attempt: the audit trail. */
  readonly record: (call: CallRecord) => void;
  /** How the time between two attempts passes. */
  readonly clock: Clock;
}

/** Asks one service with one key. It is the only layer that retries, and it never throws. */
export class DeepSeekClient {
  readonly #options: ClientOptions;
  /** Finds values that repeat a part of the key; see `keyFinder`. */
  readonly holdsKey: (value: string) => boolean;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.holdsKey = keyFinder(options.apiKey);
  }

  /** The models that the service lists. Free of charge. */
  models(): Promise<Outcome<readonly Model[]>> {
    return this.#call("models", (json) => parsed(modelsReply, json));
  }

  /**
   * Whether the account has money, and how much. Free of charge; DeepSeek has it, gateways often do not. It is asked once, without
   * retries: what it adds is not worth holding up a probe.
   */
  balance(): Promise<Outcome<BalanceReply>> {
    return this.#call("balance", (json) => parsed(balanceReply, json));
  }

  /**
   * The test call: one output token, thinking off, since thinking would use the token up and leave the answer empty. A
   * server that refuses `thinking` (OpenAI-compatible gateways do) is asked once more without it.
   */
  async chat(model: string): Promise<Outcome<ChatReply>> {
    const body = { model, messages: [{ role: "user", content: "Hi" }], max_tokens: 1, stream: false };
    const outcome = await this.#call("chat", readChat, { ...body, thinking: { type: "disabled" } });
    return refusesThinking(outcome) ? this.#call("chat", readChat, body) : outcome;
  }

  async #call<Reply>(call: Call, read: Exchange<Reply>["read"], body?: object): Promise<Outcome<Reply>> {
    const { timeoutMs, maxAttempts, clock } = this.#options;
    let remainingMs = totalBudgetMs(timeoutMs, maxAttempts);
    let rejections = 0;
    for (let attempt = 1; ; attempt++) {
      const request = {
        ...this.#options,
        holdsKey: this.holdsKey,
        call,
        read,
        attempt,
        timeoutMs: Math.ceil(Math.min(timeoutMs, remainingMs)),
      };
      const { outcome: seen, spentMs } = await inFlight(() =>
        timed({ ...request, ...(body !== undefined && { body }) }),
      );
      remainingMs -= spentMs;
      if (seen.type === "refusal" && seen.status === 401) rejections++;
      const outcome = seen.type === "refusal" ? { ...seen, rejections } : seen;
      const delay = delayBeforeRetry({
        retry: call === "balance" ? "never" : retryOf(outcome),
        attempt,
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

/** An exchange and its duration. Waiting for a free place is not in it, so that it costs no deadline and no budget. */
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
  // DeepSeek reports a lack of capacity with HTTP 200. Source: its API documentation, `finish_reason`.
  const cutOff = outcome.type === "reply" && outcome.reply.choices[0]?.finish_reason === "insufficient_system_resource";
  return cutOff ? { type: "unusable", reason: "noCapacity" } : outcome;
}

function refusesThinking(outcome: Outcome): boolean {
  if (outcome.type !== "refusal" || (outcome.status !== 400 && outcome.status !== 422)) return false;
  return outcome.message?.includes("thinking") === true;
}
