/*
 * The values that cross the edge of the core. This file has no zod in its types: public declarations lead here, and zod's
 * do not compile under the settings of Pulumi's own templates.
 */

/** Properties by name, as a user or an engine hands them over. */
export type Bag = Readonly<Record<string, unknown>>;

/** Stands for a value that is not known before the deployment. A shell puts it in the place of its engine's own mark. */
export const UNKNOWN = Symbol("not known yet");

/**
 * How strictly a connection is verified; see `verify` in `DeepSeekConnectionArgs`.
 *
 * @enum
 */
export const Strictness = {
  /** A rejected key or a wrong input fails; an account with insufficient balance and, at preview, a service in trouble are warnings. */
  Standard: "standard",
  /** Everything but a valid, funded key fails. */
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
  /** One chat completion of one token: the only call that sees an outage of inference. */
  Chat: "chat",
  /** The free list of models and the balance alone. They answer while inference is down, and for a retired model. */
  Models: "models",
} as const;
export type TestCall = (typeof TestCall)[keyof typeof TestCall];

/**
 * What is known of a connection. `valid`: the key works. `unfunded`: it works, and its account has insufficient balance.
 * `invalid`: the service rejects it. `misconfigured`: the service refuses the model or the address. `unverified`: no call
 * was made (`verify: "none"`). That a service could not be asked says nothing, so it is not a status.
 */
export type Status = "valid" | "unfunded" | "invalid" | "misconfigured" | "unverified";

/** The options of any OpenAI SDK: `new OpenAI(…)` takes them as they are. */
export interface OpenAIOptions {
  /** The key itself: whoever reads the output must keep it secret. */
  readonly apiKey: string;
  /** The connection's `baseUrl`. */
  readonly baseURL: string;
  /** The default model; absent if none is known. */
  readonly model?: string;
}
