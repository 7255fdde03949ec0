/*
 * The types that other folders share with the core. This file does not use zod's types: public declarations import it,
 * and zod's declarations do not compile with the settings of Pulumi's own templates.
 */

/** Properties by name, as a user or an engine passes them. */
export type Bag = Readonly<Record<string, unknown>>;

/** Stands for a value that is not known before the deployment. A shell translates its engine's own marker to it. */
export const UNKNOWN = Symbol("not known yet");

/**
 * How strictly a connection is verified; see `verify` in `DeepSeekConnectionArgs`.
 *
 * @enum
 */
export const Strictness = {
  /**
   * A rejected key or a wrong input fails. Insufficient balance and a missing proof warn, and so does a failing service at
   * preview.
   */
  Standard: "standard",
  /** Everything fails except a valid key with sufficient balance. */
  Strict: "strict",
  /** No call is made. */
  None: "none",
} as const;
export type Strictness = (typeof Strictness)[keyof typeof Strictness];

/**
 * Which calls verify a connection besides the free ones; see `testCall` in `DeepSeekConnectionArgs`.
 *
 * @enum
 */
export const TestCall = {
  /** One chat completion of one token: the only call that notices an outage of inference. */
  Chat: "chat",
  /**
   * Only the free calls, models and balance. They succeed even while inference is down. If the service lists its models to
   * anyone, or omits the default model, they prove nothing about the key or the model.
   */
  Models: "models",
} as const;
export type TestCall = (typeof TestCall)[keyof typeof TestCall];

/**
 * What is known about a connection. `valid`: the key works. `unfunded`: it works, but its account has insufficient
 * balance. `invalid`: the service rejects the key. `misconfigured`: the service refuses the model or the address.
 * `unverified`: no call was made (`verify: "none"`), or the calls prove nothing about the key (`testCall: "models"`). An
 * unreachable service does not change the status.
 */
export type Status = "valid" | "unfunded" | "invalid" | "misconfigured" | "unverified";

/** The options of any OpenAI SDK. Pass them to `new OpenAI(…)` unchanged. */
export interface OpenAIOptions {
  /** The key itself. Keep it secret. */
  readonly apiKey: string;
  /** The connection's `baseUrl`. */
  readonly baseURL: string;
  /** The default model; absent if none is known. */
  readonly model?: string;
  /** The connection's `headers`; absent if there are none. Keep their values secret. */
  readonly defaultHeaders?: Readonly<Record<string, string>>;
}
