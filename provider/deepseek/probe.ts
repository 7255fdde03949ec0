import { createHash, createHmac } from "node:crypto";
import { DeepSeekClient } from "./client.ts";
import type { CallRecord } from "./exchange.ts";
import type { Http } from "./http.ts";
import type { Balance, Model } from "./offer.ts";
import { keyFingerprint } from "./redact.ts";
import type { BalanceReply } from "./replies.ts";
import { type Clock, systemClock } from "./retry.ts";
import { type CallContext, judge, judgeBalance, MAX_NAMES, noModel, type Outcome, type Verdict } from "./verdict.ts";

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
  /** Whether the test call (chat, one output token) is made after the free calls. */
  readonly testCall: boolean;
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
  /** Requested models that the service does not list. Not a failure, because aliases work without being listed. */
  readonly unlisted?: readonly string[];
  /** Absent if the service did not list its models. */
  readonly findings?: Findings;
}

/**
 * Checks a connection once: it makes the free calls in parallel, then the test call if it was requested and can still
 * change the verdict. `/models` and the test call decide; the balance can only add that it is insufficient.
 */
export async function probe(
  request: ProbeRequest,
  http: Http,
  record: (call: CallRecord) => void,
  clock: Clock = systemClock,
): Promise<ProbeResult> {
  const client = new DeepSeekClient({ ...request, http, record, clock });
  const [models, balance] = await Promise.all([client.models(), client.balance()]);
  if (models.type !== "reply") return { verdict: judge(models, { call: "models", baseUrl: request.baseUrl }) };

  // Findings are stored in clear text, so they must not contain a secret.
  const offer = models.reply.filter((model) => !client.secrets.areIn(JSON.stringify(model)));
  const listed = offer.map((model) => model.id);
  const defaultModel = chooseModel(request, listed);
  if (defaultModel === undefined) return { verdict: noModel({ call: "models", baseUrl: request.baseUrl }) };
  const findings: Findings = {
    models: usableModels(request, offer),
    defaultModel,
    balances: balance.type === "reply" ? balance.reply.balance_infos : [],
  };
  const unlisted = unlistedModels(request, listed);
  const account = judgeAccount(balance, { call: "balance", baseUrl: request.baseUrl });
  if (account.kind !== "valid" || !request.testCall) return { verdict: account, findings, unlisted };
  return { ...(await makeTestCall(client, request, findings, listed)), unlisted };
}

/** The balance can only add that it is insufficient: gateways do not have this call, and its faults prove nothing. */
function judgeAccount(balance: Outcome<BalanceReply>, context: CallContext): Verdict {
  if (balance.type === "reply") return judgeBalance(balance.reply.is_available, context);
  return balance.type === "refusal" && balance.status === 402 ? judge(balance, context) : { kind: "valid" };
}

async function makeTestCall(
  client: DeepSeekClient,
  { baseUrl }: ProbeRequest,
  findings: Findings,
  listed: readonly string[],
): Promise<ProbeResult> {
  const { secrets } = client;
  const chat = await client.chat(findings.defaultModel);
  if (chat.type !== "reply") {
    // The verdict quotes these names, which the service chose. Only those that are quoted: there may be thousands.
    const quoted = listed.slice(0, MAX_NAMES).map((id) => secrets.redact(id));
    const names = { model: secrets.redact(findings.defaultModel), listed: [...quoted, ...listed.slice(MAX_NAMES)] };
    return { verdict: judge(chat, { call: "chat", baseUrl, ...names }), findings };
  }
  const { model, system_fingerprint } = chat.reply;
  return {
    verdict: { kind: "valid" },
    findings: {
      ...findings,
      ...(model !== undefined && !secrets.areIn(model) && { servedModel: model }),
      ...(system_fingerprint !== undefined &&
        !secrets.areIn(system_fingerprint) && { systemFingerprint: system_fingerprint }),
    },
  };
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
