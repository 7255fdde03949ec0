import type { Fault } from "./http.ts";
import type { Reading } from "./refusal-codes.ts";

/** The outcome of one call, after its retries. */
export type Outcome<Reply = unknown> =
  | { readonly type: "reply"; readonly reply: Reply }
  | Refused
  | { readonly type: "unusable"; readonly reason: Unusable }
  | { readonly type: "fault"; readonly fault: Fault };

/** The service refused the call, with an HTTP status or inside a success. */
export interface Refused {
  readonly type: "refusal";
  readonly status: number;
  /** What the service's own code means; absent if it is not in the table. */
  readonly reading?: Reading;
  /** The service's message, redacted. */
  readonly words?: string;
  /** Whether the API answered, with JSON, and not something in front of it, with a page. */
  readonly isFromApi?: true;
  /** Whether the message names the field `thinking`. */
  readonly namesThinking?: true;
  /** How many attempts ended in a 401, this one included; absent for none. */
  readonly rejections?: number;
  /** The wait that the service requested with `Retry-After`, in milliseconds. */
  readonly retryAfterMs?: number;
}

/**
 * Why a success proves nothing. `noCapacity`: the service stopped, with `finish_reason: insufficient_system_resource`.
 * `brokenChoice`: the answer ended in an error.
 */
export type Unusable = "blank" | "notJson" | "unexpected" | "oversized" | "encoded" | "noCapacity" | "brokenChoice";
