import { createHash, createHmac } from "node:crypto";
import { DeepSeekClient } from "./client.ts";
import { isDefaultHost } from "./endpoint.ts";
import type { CallRecord } from "./exchange.ts";
import type { Http } from "./http.ts";
import type { Balance, Model } from "./offer.ts";
import type { Outcome, Refused } from "./outcome.ts";
import { ProbeMemory } from "./probe-memory.ts";
import { keyFingerprint } from "./redact.ts";
import type { Meaning } from "./refusal-codes.ts";
import type { BalanceReply } from "./replies.ts";
import { type Clock, systemClock } from "./retry.ts";
import { judge, judgeBalance, noModel, type Unproven, unproven, type Verdict } from "./verdict.ts";
import { type CallContext, MAX_NAMES } from "./verdict-rows.ts";

/**
 * When a probe makes the test call (chat, one output token), the only call that costs tokens. `always`: after the free
 * calls, unless they already decided. `ifNeeded`: only where the free calls do not prove the key and the model. `never`.
 */
export type TestCallUse = "always" | "ifNeeded" | "never";

/** Which calls a probe makes, and how long it tries. */
export interface ProbeRequest {
  readonly apiKey: string;
  /** Extra headers, which `headerIssues` accepts. */
  readonly headers?: Readonly<Record<string, string>>;
  /** As returned by `parseBaseUrl`. */
  readonly baseUrl: string;
  /** The models that may be used; absent: all that the service lists. */
  readonly allowedModels?: readonly string[];
  /** The model that the user set. */
  readonly defaultModel?: string;
  /** The model that an earlier probe chose. It is kept while the service still lists it. */
  readonly chosenModel?: string;
  readonly testCall: TestCallUse;
  /** Absolute deadline of each attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** Maximum attempts for each call while faults are transient. */
  readonly maxAttempts: number;
}

/** What a probe learned about the service besides the verdict. */
interface Findings {
  /** The models that may be used: the allowed ones, or all that the service lists, sorted by id. */
  readonly models: readonly Model[];
  /** The model that was set or chosen. */
  readonly defaultModel: string;
  /**
   * The account's balance in each currency, if the service reports it. It changes with each call, so it is never
   * stored.
   */
  readonly balances: readonly Balance[];
  /** The model that answered the test call; for an alias, the model behind it. */
  readonly servedModel?: string;
  /** The service's opaque identifier of the configuration that answered the test call. */
  readonly systemFingerprint?: string;
}

export interface ProbeResult {
  readonly verdict: Verdict;
  /** Whether this probe proved that the service accepts the key. */
  readonly provesKey: boolean;
  /** Requested models that the service does not list. Not a failure, because aliases work without being listed. */
  readonly unlisted?: readonly string[];
  /** Absent if no model was found to use. */
  readonly findings?: Findings;
}

/**
 * Checks a connection once, with the cheapest calls that prove it. The free calls run in parallel, then the test call if
 * it can still change the verdict. The list of models and the test call decide; the balance can only add that it is
 * insufficient.
 *
 * DeepSeek refuses the list without a key, so there the list proves the key. Other services may list their models to
 * anyone: where the list alone would decide, they are asked for it once without the key.
 */
export async function probe(
  request: ProbeRequest,
  http: Http,
  record: (call: CallRecord) => void,
  clock: Clock = systemClock,
  memory = new ProbeMemory(),
): Promise<ProbeResult> {
  const { baseUrl } = request;
  const client = new DeepSeekClient({ ...request, http, record, clock, memory });
  const [models, balance, isGuarded] = await Promise.all([
    client.models(),
    client.balance(),
    isDefaultHost(baseUrl) || (request.testCall !== "always" && client.guardsModels()),
  ]);
  // Findings are stored in clear text, so they must not contain a part of the key.
  const offer =
    models.type === "reply" ? models.reply.filter((model) => !client.secrets.areIn(JSON.stringify(model))) : undefined;
  const listed = offer?.map((model) => model.id);
  const model = chooseModel(request, listed ?? []);
  if (models.type !== "reply" && (model === undefined || !lacksList(models))) {
    const verdict = judge(models, { call: "models", baseUrl });
    return { verdict, provesKey: acceptsKey(verdict, models) };
  }
  const listProvesKey = models.type === "reply" && isGuarded;
  if (model === undefined) {
    return { verdict: noModel({ call: "models", baseUrl }), provesKey: listProvesKey };
  }

  const findings: Findings = {
    models: usableModels(request, offer ?? [{ id: model }]),
    defaultModel: model,
    balances: balance.type === "reply" ? balance.reply.balance_infos : [],
  };
  const unlisted = listed === undefined ? [] : unlistedModels(request, listed);
  const account = judgeAccount(balance, { call: "balance", baseUrl });
  if (account.kind !== "valid") return { verdict: account, provesKey: true, findings, unlisted };

  const missing = unprovenPart(listed, model, isGuarded);
  if (request.testCall === "always" || (request.testCall === "ifNeeded" && missing !== undefined)) {
    const tested = await makeTestCall(client, request, findings, listed);
    // A model that answers needs no hint.
    const hinted = tested.verdict.kind === "valid" ? unlisted.filter((id) => id !== model) : unlisted;
    const provesKey = listProvesKey || tested.provesKey;
    return { ...tested, provesKey, unlisted: hinted };
  }
  // The verdict names the model, so no hint has to.
  const hinted = missing === "model" ? unlisted.filter((id) => id !== model) : unlisted;
  const verdict: Verdict =
    missing === undefined
      ? { kind: "valid" }
      : unproven(missing, { call: "models", baseUrl, model: client.secrets.redact(model) });
  return { verdict, provesKey: listProvesKey, findings, unlisted: hinted };
}

/** Whether an answer says that the service has no list of models, or none for this key. Then a named model can be used. */
function lacksList(models: Outcome): boolean {
  return (
    models.type === "refusal" && (models.status === 404 || models.status === 405 || isCodeFor(models, "routeDenied"))
  );
}

/** What the free calls leave unproven: a list proves nothing about a model that it omits. */
function unprovenPart(listed: readonly string[] | undefined, model: string, isGuarded: boolean): Unproven | undefined {
  if (listed === undefined) return "list";
  if (!isGuarded) return "key";
  return listed.includes(model) ? undefined : "model";
}

/** The balance can only add that it is insufficient: gateways do not have this call, and its faults prove nothing. */
function judgeAccount(balance: Outcome<BalanceReply>, context: CallContext): Verdict {
  if (balance.type === "reply") return judgeBalance(balance.reply.is_available, context);
  return balance.type === "refusal" && balance.status === 402 ? judge(balance, context) : { kind: "valid" };
}

async function makeTestCall(
  client: DeepSeekClient,
  request: ProbeRequest,
  findings: Findings,
  listed: readonly string[] | undefined,
): Promise<ProbeResult> {
  const { baseUrl } = request;
  const { secrets } = client;
  const chat = await client.chat(findings.defaultModel);
  if (chat.type !== "reply") {
    const context = {
      call: "chat",
      baseUrl,
      model: secrets.redact(findings.defaultModel),
      isModelSet: request.defaultModel !== undefined || request.allowedModels !== undefined,
      // The verdict quotes these names, which the service chose. Only those that are quoted: there may be thousands.
      ...(listed !== undefined && {
        listed: [...listed.slice(0, MAX_NAMES).map((id) => secrets.redact(id)), ...listed.slice(MAX_NAMES)],
      }),
    } as const;
    const verdict = judge(chat, context);
    return { verdict, provesKey: acceptsKey(verdict, chat), findings };
  }
  const { model, system_fingerprint } = chat.reply;
  return {
    verdict: { kind: "valid" },
    provesKey: true,
    findings: {
      ...findings,
      ...(model !== undefined && !secrets.areIn(model) && { servedModel: model }),
      ...(system_fingerprint !== undefined &&
        !secrets.areIn(system_fingerprint) && { systemFingerprint: system_fingerprint }),
    },
  };
}

/** Whether a refusal shows that the service knows the key: it has no funds, or may not use the model or the call. */
function acceptsKey({ kind }: Verdict, outcome: Outcome): boolean {
  if (kind === "unfunded") return true;
  return outcome.type === "refusal" && (isCodeFor(outcome, "modelDenied") || isCodeFor(outcome, "routeDenied"));
}

/** Whether a code, and no words, has this meaning. */
function isCodeFor({ reading }: Refused, meaning: Meaning): boolean {
  return reading?.meaning === meaning && !reading.isByWords;
}

function chooseModel(request: ProbeRequest, listed: readonly string[]): string | undefined {
  const { defaultModel, allowedModels, chosenModel } = request;
  if (defaultModel !== undefined) return defaultModel;
  const candidates = allowedModels === undefined ? listed : listed.filter((id) => allowedModels.includes(id));
  if (chosenModel !== undefined && candidates.includes(chosenModel)) return chosenModel;
  return candidates[0] ?? allowedModels?.[0];
}

function usableModels({ allowedModels }: ProbeRequest, listed: readonly Model[]): readonly Model[] {
  // Gateways list models in any order. Sorted, a new order does not show up as a change.
  if (allowedModels === undefined) return listed.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return allowedModels.map((id) => listed.find((model) => model.id === id) ?? { id });
}

function unlistedModels(request: ProbeRequest, listed: readonly string[]): readonly string[] {
  const wanted = new Set(request.allowedModels);
  if (request.defaultModel !== undefined) wanted.add(request.defaultModel);
  return [...wanted].filter((id) => !listed.includes(id));
}

/** Identifies a request without containing the key or a header's value. */
export function requestFingerprint({ apiKey, headers = {}, ...rest }: ProbeRequest): string {
  // Keyed, since the values of headers can be so short that they could be guessed from a plain hash.
  const sealed = createHmac("sha256", apiKey)
    .update(JSON.stringify(Object.entries(headers).toSorted()))
    .digest("hex");
  const text = JSON.stringify([keyFingerprint(apiKey), sealed, Object.entries(rest).toSorted()]);
  return createHash("sha256").update(text).digest("hex");
}
