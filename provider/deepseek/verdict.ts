import type { Call } from "./endpoint.ts";
import type { Outcome, Refused } from "./outcome.ts";
import type { Retry } from "./retry.ts";
import {
  type Answer,
  belowVersion,
  type CallContext,
  faultTexts,
  hostOf,
  type NoAnswer,
  type Row,
  routeOf,
  rowOfMeaning,
  rowOfStatus,
  type Unhealthy,
  unfunded,
  unusableTexts,
} from "./verdict-rows.ts";

/** What a probe found out about a key. `cause` and `nextStep` are complete sentences that contain no part of a key. */
export type Verdict = { readonly kind: "valid" } | UnhealthyVerdict;

export interface UnhealthyVerdict {
  readonly kind: Unhealthy;
  /** Stable: programs and ERRORS.md identify the message by it. */
  readonly code: string;
  readonly cause: string;
  readonly nextStep: string;
  /** The call that led to this verdict; absent if none did. */
  readonly call?: Call;
  /** The HTTP status that led to this verdict; absent for a fault, and for a success whose body decided. */
  readonly httpStatus?: number;
}

export type VerdictKind = Verdict["kind"];

/** Turns a call's outcome into a verdict. */
export function judge(outcome: Outcome, context: CallContext): Verdict {
  switch (outcome.type) {
    case "reply":
      return { kind: "valid" };
    case "refusal":
      return {
        ...unhealthy(rowOf(outcome, context.call), { ...context, ...outcome }),
        httpStatus: outcome.status,
      };
    case "unusable":
      return unknown(context, unusableTexts[outcome.reason]);
    case "fault":
      return unknown(context, faultTexts[outcome.fault]);
  }
}

/** Whether the client repeats a call after an outcome. */
export function retryOf(outcome: Outcome): Retry {
  switch (outcome.type) {
    case "reply":
      return "never";
    case "refusal":
      // Whether a refusal is retried does not depend on the call.
      return rowOf(outcome, "models").retry;
    case "unusable":
      return unusableTexts[outcome.reason].retry;
    case "fault":
      return faultTexts[outcome.fault].retry;
  }
}

/**
 * The verdict on an account.
 *
 * @param isAvailable whether the service reports that the balance is sufficient for calls
 */
export function judgeBalance(isAvailable: boolean, context: CallContext): Verdict {
  return isAvailable ? { kind: "valid" } : unhealthy(unfunded, { ...context, status: 200 });
}

/** The verdict when no model can be chosen for the test call. */
export function noModel(context: CallContext): Verdict {
  return {
    kind: "misconfigured",
    code: "models-empty",
    cause: `${hostOf(context)} lists no models, so a default model cannot be chosen.`,
    nextStep: "Set defaultModel to a model that this service offers.",
    call: context.call,
  };
}

/** What the free calls did not prove: the service has no list, the list needs no key, or it omits the model. */
export type Unproven = "list" | "key" | "model";

interface UnprovenCause {
  readonly code: string;
  /** Follows the name of the host. */
  readonly text: (context: CallContext) => string;
}

const unprovenCauses: Readonly<Record<Unproven, UnprovenCause>> = {
  list: { code: "key-unproven-without-list", text: () => "has no list of models, so no free call proves this API key" },
  key: {
    code: "key-unproven",
    text: () =>
      "did not refuse its list of models to a request without a key, so the list proves nothing about this API key",
  },
  model: {
    code: "model-unproven",
    text: ({ model }) => `does not list '${model}', so the list proves nothing about that model`,
  },
};

/** The verdict when the calls that were allowed prove nothing. */
export function unproven(what: Unproven, context: CallContext): Verdict {
  const { code, text } = unprovenCauses[what];
  return {
    kind: "unverified",
    code,
    cause: `${hostOf(context)} ${text(context)}.`,
    nextStep: "Set testCall to 'chat' to verify it with one chat completion of one token.",
    call: "models",
  };
}

/** The service's own code decides, if it is in the table; otherwise the status does. */
function rowOf({ status, reading, rejections }: Refused, call: Call): Row {
  return reading === undefined ? rowOfStatus(status, call, rejections) : rowOfMeaning[reading.meaning];
}

function unhealthy(row: Row, answer: Answer): UnhealthyVerdict {
  return {
    kind: row.kind,
    code: row.code,
    cause: row.cause(answer),
    nextStep: row.nextStep(answer),
    call: answer.call,
  };
}

function unknown(context: CallContext, { code, text, hint, mayBeAnotherPath }: NoAnswer): UnhealthyVerdict {
  const advice = hint ?? "Try again. If it fails again, check baseUrl and the proxy";
  return {
    kind: "indeterminate",
    code,
    cause: `${hostOf(context)} ${text} (${routeOf(context)}).`,
    nextStep: `${advice}.${mayBeAnotherPath ? belowVersion(context.baseUrl) : ""} Nothing is known about the key.`,
    call: context.call,
  };
}
