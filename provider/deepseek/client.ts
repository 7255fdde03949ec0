import pLimit from "p-limit";
import type * as z from "zod/mini";
import type { Call } from "./endpoint.ts";
import { type CallRecord, type Exchange, exchange } from "./exchange.ts";
import type { Http } from "./http.ts";
import type { Model } from "./offer.ts";
import { KnownSecrets } from "./redact.ts";
import { type BalanceReply, balanceReply, type ChatReply, chatReply, modelsReply } from "./replies.ts";
import { type Clock, delayBeforeRetry, totalBudgetMs } from "./retry.ts";
import { type Outcome, retryOf } from "./verdict.ts";

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
   * The test call: one output token, without thinking, which would use up the token and leave the answer empty. If a
   * server refuses the field `thinking`, as OpenAI-compatible gateways do, the call is repeated without it.
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
        secrets: this.secrets,
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
  // DeepSeek reports a lack of capacity with HTTP 200. Source: its API documentation, `finish_reason`.
  const cutOff = outcome.type === "reply" && outcome.reply.choices[0]?.finish_reason === "insufficient_system_resource";
  return cutOff ? { type: "unusable", reason: "noCapacity" } : outcome;
}

function refusesThinking(outcome: Outcome): boolean {
  if (outcome.type !== "refusal" || (outcome.status !== 400 && outcome.status !== 422)) return false;
  return outcome.message?.includes("thinking") === true;
}
