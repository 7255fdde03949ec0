import type { Question } from "./question.ts";

/** What a service is asked, for a refusal that repeats it. */
export interface Asked extends Pick<Question, "key" | "method" | "path"> {
  /** The model of a chat; of another call, empty. */
  readonly model: string;
}

/** A text is sent as it is, an object as JSON. */
type Body = string | object;

/** A service's answer to a request that it refuses. */
export interface Refusal {
  readonly status: number;
  readonly body: Body | ((asked: Asked) => Body);
  /** Null for none. @default "application/json" */
  readonly contentType?: string | null;
  /** Where it is documented or recorded, or 'assumed'. */
  readonly source: string;
}

/** Why a service refuses a request. */
export type RefusalKind =
  /** A request without a usable key. Absent: as with a wrong key. */
  | "withoutKey"
  /** Absent: the service accepts every key. */
  | "wrongKey"
  /** The same at the list of models, where it differs. */
  | "wrongKeyAtList"
  /** The account has no funds, or the key's budget is used up. */
  | "unfunded"
  /** Absent: the service does not read the model's name. */
  | "unknownModel"
  /** A model that the service lists but does not serve. Absent: as an unknown one. */
  | "unservedModel"
  /** The key may not use the model. */
  | "deniedModel"
  /** A chat with the field `thinking`. Absent: the service accepts it. */
  | "thinking"
  /** A chat that cannot be read. Absent: 400 without a body, which is assumed. */
  | "unreadable"
  | "rateLimited"
  | "overloaded"
  | "failing"
  | "forbidden"
  /** A path outside the API. Absent: as an unknown path. */
  | "outside";

/**
 * How a service that speaks DeepSeek's API answers, as far as public facts say. A refusal that is not listed has no known
 * reply, and the sandbox does not offer the scenarios that need it.
 */
export interface Profile {
  /** As people call it. */
  readonly title: string;
  /** The address that the service documents, or an example of one. The sandbox answers below its path. */
  readonly baseUrl: string;
  /** Other paths below which the service answers in the same way. */
  readonly otherPaths?: readonly string[];
  /** Whether anyone can list the models, without a key or with a wrong one. @default false */
  readonly hasPublicList?: true;
  /** Models that the service lists and serves. */
  readonly models: readonly [string, ...string[]];
  /** Models that it lists before them, but does not serve to this account. */
  readonly catalogue?: readonly string[];
  /** Names that it accepts without listing them, each with the model that it serves. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** The list's body. @default OpenAI's, with id, object and owner of each model */
  readonly list?: (ids: readonly string[]) => object;
  /** The balance call's bodies. Absent: the service has no such call. */
  readonly balance?: { readonly sufficient: object; readonly insufficient: object };
  /** The `finish_reason` of an answer that the service could not complete. */
  readonly brokenFinish?: string;
  /** A header that each request needs, a value for it, and the answer to a request without it. */
  readonly routing?: { readonly header: string; readonly value: string; readonly refusal: Refusal };
  /** The headers of each reply. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Where the address, the paths and who may read the list are documented or recorded. */
  readonly source: string;
  readonly unknownPath: Refusal;
  readonly refusals: Readonly<Partial<Record<RefusalKind, Refusal>>>;
}

/** The list's body. */
export function listOf(profile: Profile, ids = [...(profile.catalogue ?? []), ...profile.models]): object {
  return (
    profile.list?.(ids) ?? { object: "list", data: ids.map((id) => ({ id, object: "model", owned_by: "sandbox" })) }
  );
}

/** The paths below which a service answers; the first is the documented one. */
export function pathsOf({ baseUrl, otherPaths = [] }: Profile): readonly [string, ...string[]] {
  return [new URL(baseUrl).pathname.replace(/\/$/, ""), ...otherPaths];
}
