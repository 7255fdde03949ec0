/** The three calls that the sandbox answers. Some have more than one path. */
export type Call = "models" | "balance" | "chat";

/** A request, as a scenario answers it. */
export interface Question {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Empty if there is none. */
  readonly key: string;
  /** The request's JSON body, if it has one. */
  readonly body: unknown;
  /** The number of this request among the key's requests of this call: 1 for the first. */
  readonly nth: number;
  /** An address at another origin, for a redirect. */
  readonly elsewhere: string;
}
