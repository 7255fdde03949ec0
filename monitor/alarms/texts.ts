import { type AlarmKind, alarmDefinitions } from "./catalog.ts";

/** The text of an alarm: one or two short sentences in each part, at most 350 characters in total. */
export interface AlarmText {
  /** What is wrong. */
  readonly wrong: string;
  /** The likely causes, most likely first. */
  readonly cause: string;
  /** What to do now. */
  readonly nextStep: string;
  /** How to verify this by hand, without a key in a shell. */
  readonly check: string;
}

/**
 * The texts of all alarms. They must be true for DeepSeek and for a gateway, for one connection and for a shard, and for any
 * threshold or schedule. So they contain no counts, and say 'DeepSeek:' before anything that applies to DeepSeek only. The link to
 * the failures, which show the connections, causes and trace ids, follows them.
 */
export const alarmTexts: Readonly<Record<AlarmKind, AlarmText>> = {
  keyRejected: {
    wrong: "The service rejects an API key (HTTP 401, confirmed). Other connections may share it.",
    cause: "The key was revoked, or a wrong value was stored. An outage can look like this.",
    nextStep: "Create a new key (DeepSeek: platform.deepseek.com/api_keys), set it in the stack and run `pulumi up`.",
    check: "The failures name its connections. If other keys work here, the key is the cause.",
  },
  allKeysRejected: {
    wrong: "The service rejects all keys of this base URL, two or more (HTTP 401).",
    cause: "All keys were revoked, the account was closed, or it is an outage.",
    nextStep:
      "Revoked: create new keys, set them in the stack, run `pulumi up`. Outage: keep the keys, use your fallback.",
    check: "Create a new key (DeepSeek: platform.deepseek.com/api_keys): if it is rejected too, it is an outage.",
  },
  unfunded: {
    wrong: "The key works, but its account has insufficient balance (HTTP 402). Other connections may share it.",
    cause: "The balance is used up: more use than planned, a failed top-up, or a leaked key.",
    nextStep: "Top up (DeepSeek: platform.deepseek.com/top_up). If the spending was not yours, replace the key first.",
    check: "DeepSeek: platform.deepseek.com/usage shows the spending.",
  },
  misconfigured: {
    wrong: "The service refuses the model or the base URL: HTTP 400, 404, 422 or a redirect.",
    cause: "The model was renamed or retired, the base URL is wrong, or a gateway changed.",
    nextStep: "Set a model that the service lists, or correct the base URL, and run `pulumi up`.",
    check: "`pulumi preview` makes the same check. DeepSeek: see api-docs.deepseek.com/updates.",
  },
  serviceFailing: {
    wrong: "Many probes of this base URL fail: server errors, timeouts, unreadable replies or no connection.",
    cause: "The service is overloaded or has an incident. Less often, it is the network or DNS.",
    nextStep: "Do not change the keys. Make sure that clients retry with backoff, or switch to your fallback.",
    check: "DeepSeek: see status.deepseek.com, which can miss an outage.",
  },
  serviceDown: {
    wrong: "Most probes of this base URL have failed for a long time.",
    cause: "The service has an incident. Less often, it is the network or DNS.",
    nextStep:
      "Switch clients to your fallback and inform your users. Do not change the keys. DeepSeek: send the trace ids to its support.",
    check: "If another base URL works, your network is not the cause. DeepSeek: see status.deepseek.com.",
  },
  serviceUnstable: {
    wrong: "Part of the calls to this base URL keeps failing: for short times, or for some connections.",
    cause: "The service lacks capacity, or a gateway restarts or times out.",
    nextStep:
      "Make sure that clients retry with backoff and have long timeouts, or move load to another hour. Do not change the keys.",
    check: "The alarm's graph shows the pattern. DeepSeek: see status.deepseek.com.",
  },
  monitorSilent: {
    wrong: "Some or all connections of this shard are not probed. Do not trust their other alarms.",
    cause: "A secret cannot be read, the function fails, or the schedule is disabled.",
    nextStep: "Restore what is missing (secrets: `aws secretsmanager restore-secret`) and run `pulumi up --refresh`.",
    check: "The failures name each connection concerned; if they name none, it is all.",
  },
  lowBalance: {
    wrong: "An account's balance has fallen to your limit. Calls still work.",
    cause: "Normal use without a top-up, or more use than planned.",
    nextStep:
      "Top up the account (DeepSeek: platform.deepseek.com/top_up). Do not wait long: DeepSeek allows fewer concurrent calls as the balance falls.",
    check: "DeepSeek: platform.deepseek.com/usage shows the spending.",
  },
  balanceFallsFast: {
    wrong: "An account's balance changed faster than your limit.",
    cause: "Heavy use, spending with a leaked key, or a top-up, which also changes the balance.",
    nextStep:
      "If it was neither a top-up nor your use, replace the key now (DeepSeek: platform.deepseek.com/api_keys).",
    check: "The alarm's graph shows the direction. DeepSeek: platform.deepseek.com/usage shows the spending.",
  },
  keyDueForRotation: {
    wrong: "The oldest key is older than your limit. It still works.",
    cause: "The key was not replaced in time. Without `keyCreatedAt`, a key counts from the last change of its secret.",
    nextStep:
      "Create a new key (DeepSeek: platform.deepseek.com/api_keys), set it in the stack, run `pulumi up`, and delete the old one later.",
    check: "Compare `keyCreatedAt` of the connections.",
  },
  rateLimited: {
    wrong: "The service answers HTTP 429: the account's limit is reached, and the key is not the cause.",
    cause:
      "All clients of the account together make too many calls at once. DeepSeek: the limit falls with the balance.",
    nextStep:
      "Queue or spread the calls. DeepSeek: top up the account (platform.deepseek.com/top_up), which raises the limit.",
    check: "Compare with your clients' traffic.",
  },
  slow: {
    wrong: "This base URL answers, but its average latency is above your limit.",
    cause: "The service is under load (DeepSeek holds calls until it has capacity), or the network is slow.",
    nextStep:
      "Give clients longer timeouts, switch to your fallback, or move load to a quieter hour. DeepSeek: see status.deepseek.com.",
    check: "The alarm's graph shows when it began.",
  },
  subscriptionLost: {
    wrong: "The topic has lost a subscription, so somebody gets no alerts of that severity.",
    cause: "A mail scanner or a person followed an email's unsubscribe link, or nobody confirmed in time.",
    nextStep: "Run `pulumi up --refresh`, or subscribe again, and confirm. Prefer a pager to email.",
    check: "The failures show the counts.",
  },
  deliveryFailed: {
    wrong: "SNS failed to deliver messages of the topic, so somebody may have missed alerts of that severity.",
    cause: "The endpoint is down or refuses the message: a deleted integration, a full or unknown mailbox.",
    nextStep: "Look at the alarms that are active now, then repair the endpoint or replace its subscription.",
    check: "Drill an alarm of that severity, as the runbook says.",
  },
};

/** Returns the anchor of an alarm's section in the runbook, without `#`. The section's heading is the alarm's title. */
export function runbookAnchor(kind: AlarmKind): string {
  return anchorOf(alarmDefinitions[kind].title);
}

/** Returns the anchor of a heading, as GitHub derives it. The runbook's HTML page has the same. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}
