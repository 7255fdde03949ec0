import { type AlarmKind, alarmDefinitions } from "./definitions.ts";

/** What an alarm tells a person: one or two short sentences each, at most 600 characters together. */
export interface AlarmText {
  /** What is wrong, seen from the service that is called. */
  readonly wrong: string;
  /** The likeliest causes, the likeliest first. */
  readonly cause: string;
  /** What to do now. */
  readonly nextStep: string;
  /** How to see by hand that it is so, with no key in a shell. */
  readonly check: string;
}

/**
 * The texts of all alarms. They hold for DeepSeek and for a gateway, for one connection and for a shard of many, and
 * for any threshold or schedule: so they name no count, and say 'DeepSeek:' before what is DeepSeek's alone.
 */
export const alarmTexts: Readonly<Record<AlarmKind, AlarmText>> = {
  keyRejected: {
    wrong: "The service rejects an API key: HTTP 401, asked twice in each run, with the secret read again.",
    cause: "The key was revoked or replaced elsewhere, or a wrong value was stored.",
    nextStep:
      "Make a new key (DeepSeek: platform.deepseek.com/api_keys), set it in the stack and run `pulumi up`. " +
      "Where the secret is changed elsewhere, the monitor reads it within 5 minutes, with no redeploy.",
    check:
      "The saved log query names the connection and the trace id. If others at this address are well, it is this key.",
  },
  unfunded: {
    wrong: "The key works, but the account has no money: paid calls are refused (HTTP 402).",
    cause: "The prepaid balance is used up: more traffic than planned, a top-up that failed, or a leaked key.",
    nextStep:
      "Top the account up (DeepSeek: platform.deepseek.com/top_up). If the spending was not yours, replace the key first.",
    check: "The saved log query names the connection. DeepSeek: platform.deepseek.com/usage shows what was spent.",
  },
  misconfigured: {
    wrong: "The service refuses the model or the base URL: HTTP 400, 404, 422 or a redirect.",
    cause: "The model was renamed or retired, the base URL is wrong, or a gateway was changed.",
    nextStep:
      "Set a model that the service lists, or correct the base URL, and run `pulumi up`. " +
      "DeepSeek announces retired models on api-docs.deepseek.com/updates.",
    check:
      "The saved log query names the connection, the status and which input is refused. `pulumi preview` asks the same question.",
  },
  serviceFailing: {
    wrong: "Many probes of this base URL fail: server errors, time-outs, unreadable replies or no connection.",
    cause:
      "The service is overloaded or has an incident; less often the network or DNS. " +
      "If the log says that every key is rejected, the account may be closed.",
    nextStep:
      "Leave the keys alone. Let clients retry slowly or use your fallback. " +
      "DeepSeek: see status.deepseek.com, which can stay green during real trouble.",
    check: "The saved log query shows the causes with trace ids; the alarm's graph shows since when.",
  },
  serviceDown: {
    wrong: "This base URL has failed for long: most probes end in server errors, time-outs or no connection.",
    cause:
      "An incident of the service; less often the network or DNS. " +
      "If the log says that every key is rejected, the account may be closed.",
    nextStep:
      "Switch clients to your fallback and tell those who depend on it. Leave the keys alone. " +
      "DeepSeek: see status.deepseek.com, and give its support the trace ids.",
    check: "The saved log query shows the causes with trace ids. Another base URL that is well rules out the network.",
  },
  serviceUnstable: {
    wrong: "This base URL fails again and again: it is never down for long, yet many calls are lost.",
    cause: "The service is short of capacity, or a gateway on the way restarts or times out.",
    nextStep:
      "See that clients retry with growing pauses and have time for it, or move load to a quieter hour. " +
      "DeepSeek: compare status.deepseek.com. Leave the keys alone.",
    check: "The alarm's graph shows the pattern, and the saved log query which causes take turns.",
  },
  monitorSilent: {
    wrong: "Connections of this shard are not probed: until this ends, no other alarm on them can be trusted.",
    cause:
      "A secret was deleted or cannot be read, the function fails or is throttled, or the schedule is off or gone.",
    nextStep:
      "Restore what is missing (`aws secretsmanager restore-secret` for a deleted secret) " +
      "and run `pulumi up --refresh`.",
    check:
      "The saved log query names a secret that cannot be read. No log lines at all: " +
      "look at the schedule, the function's errors and the dead-letter queue.",
  },
  lowBalance: {
    wrong: "An account's balance is below your limit. Calls still work.",
    cause: "Normal use without a top-up, or more use than planned.",
    nextStep:
      "Top the account up before it is empty (DeepSeek: platform.deepseek.com/top_up; " +
      "the number of calls it takes at once shrinks with the balance).",
    check: "The alarm's graph shows how fast it falls. DeepSeek: platform.deepseek.com/usage has the spending.",
  },
  balanceFallsFast: {
    wrong: "An account's balance moved by more than your limit within one period of this alarm.",
    cause: "Heavy use, a leaked key that others spend from, or a top-up, which moves the balance too.",
    nextStep:
      "If it was no top-up and no work of yours: replace the key now (DeepSeek: platform.deepseek.com/api_keys), " +
      "set the new one in the stack, run `pulumi up`, and delete the old one.",
    check:
      "The alarm's graph shows the direction. DeepSeek: platform.deepseek.com/usage shows when and on which model it was spent.",
  },
  keyDueForRotation: {
    wrong: "The oldest key is older than your limit. It still works.",
    cause: "It was not replaced in time, or its creation date was not given and the secret is old.",
    nextStep:
      "Make a new key (DeepSeek: platform.deepseek.com/api_keys), set it in the stack, run `pulumi up`, " +
      "and delete the old one once no client uses it.",
    check: "`aws secretsmanager list-secrets` shows when each secret was last changed, and no value.",
  },
  rateLimited: {
    wrong:
      "The service answers HTTP 429: the account's limit is reached. It is no outage, and the key is not to blame.",
    cause:
      "All clients of the account together make too many calls at once. DeepSeek: the limit shrinks with the balance.",
    nextStep:
      "Queue or spread the calls. DeepSeek: top the account up (platform.deepseek.com/top_up), which raises the limit.",
    check: "The saved log query names the connection and how often. Compare with your own clients' traffic.",
  },
  slow: {
    wrong: "This base URL answers, but takes longer than your limit on average.",
    cause: "The service is loaded (DeepSeek lets calls wait until there is capacity), or the network is slow.",
    nextStep:
      "Give clients longer time-outs or your fallback, or move load to a quieter hour. DeepSeek: see status.deepseek.com.",
    check: "The alarm's graph shows since when; the saved log query shows whether probes also fail.",
  },
};

/**
 * The anchor of an alarm's section in the runbook, without `#`: as GitHub derives it from the heading, which is the
 * alarm's title.
 */
export function runbookAnchor(kind: AlarmKind): string {
  return alarmDefinitions[kind].title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}
