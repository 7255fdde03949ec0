import { DeepSeekClient } from "./client.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { CallRecord } from "./exchange.ts";
import type { Http } from "./http.ts";
import { redact } from "./redact.ts";
import type { Balance, BalanceReply, Model } from "./replies.ts";
import { judge, judgeBalance, MAX_NAMES, noModel, type Outcome, type Subject, type Verdict } from "./verdict.ts";

/** What a probe asks, and how patiently. */
export interface ProbeRequest {
  readonly apiKey: string;
  /** As `parseBaseUrl` gives it. */
  readonly baseUrl: string;
  /** The models that may be used; absent: all that the service lists. */
  readonly allowedModels?: readonly string[];
  /** The model that the user asks for. */
  readonly defaultModel?: string;
  /** The model that an earlier probe chose: kept while the service still lists it. */
  readonly chosenModel?: string;
  /** Whether the test call (chat, one output token) is made after the free calls. */
  readonly testCall: boolean;
  /** Absolute deadline of each attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** Attempts of each call while faults are transient. */
  readonly maxAttempts: number;
}

/** What a probe learned of the service besides its verdict. */
interface Findings {
  /** The models that may be used: the allowed ones, or all that are listed, sorted by id. */
  readonly models: readonly Model[];
  /** The model that was asked for or chosen. */
  readonly defaultModel: string;
  /** Models that were asked for and are not listed. Aliases work unlisted, so this is no failure. */
  readonly unlisted: readonly string[];
  /** The account's money, by currency, where the service tells. It moves with each call: it is never stored. */
  readonly balances: readonly Balance[];
  /** The model that answered the test call: the one behind an alias. */
  readonly servedModel?: string;
  /** The service's opaque name for the configuration that answered the test call. */
  readonly systemFingerprint?: string;
}

export interface ProbeResult {
  readonly verdict: Verdict;
  /** Absent when the service did not list its models. */
  readonly findings?: Findings;
}

/**
 * Checks a connection once: the free calls together, then, if wanted and still useful, the test call. Only `/models` and
 * the test call decide; the balance can add that there is no money.
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

  // What is found is stored in clear, so nothing of it may repeat the key.
  const offer = models.reply.filter((model) => !client.holdsKey(JSON.stringify(model)));
  const listed = offer.map((model) => model.id);
  const defaultModel = chooseModel(request, listed);
  if (defaultModel === undefined) return { verdict: noModel({ call: "models", baseUrl: request.baseUrl }) };
  const findings: Findings = {
    models: usableModels(request, offer),
    defaultModel,
    unlisted: unlistedModels(request, listed),
    balances: balance.type === "reply" ? balance.reply.balance_infos : [],
  };
  const money = judgeMoney(balance, { call: "balance", baseUrl: request.baseUrl });
  if (money.kind !== "valid") return { verdict: money, findings };
  if (!request.testCall) return { verdict: { kind: "valid" }, findings };
  return testCall(client, request, findings, listed);
}

/** The balance can only add that there is no money: gateways have none, and its faults say nothing. */
function judgeMoney(balance: Outcome<BalanceReply>, subject: Subject): Verdict {
  if (balance.type === "reply") return judgeBalance(balance.reply.is_available, subject);
  return balance.type === "refusal" && balance.status === 402 ? judge(balance, subject) : { kind: "valid" };
}

async function testCall(
  client: DeepSeekClient,
  { apiKey, baseUrl }: ProbeRequest,
  findings: Findings,
  listed: readonly string[],
): Promise<ProbeResult> {
  const chat = await client.chat(findings.defaultModel);
  if (chat.type !== "reply") {
    // The verdict quotes these names, and they are the service's: as many as are quoted, since there may be thousands.
    const quoted = listed.slice(0, MAX_NAMES).map((id) => redact(id, apiKey));
    const names = { model: redact(findings.defaultModel, apiKey), listed: [...quoted, ...listed.slice(MAX_NAMES)] };
    return { verdict: judge(chat, { call: "chat", baseUrl, ...names }), findings };
  }
  const { model, system_fingerprint } = chat.reply;
  const { holdsKey } = client;
  return {
    verdict: { kind: "valid" },
    findings: {
      ...findings,
      ...(model !== undefined && !holdsKey(model) && { servedModel: model }),
      ...(system_fingerprint !== undefined &&
        !holdsKey(system_fingerprint) && { systemFingerprint: system_fingerprint }),
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
  // Gateways list in any order; a fixed one keeps it from showing up as a difference.
  if (allowedModels === undefined) return listed.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return allowedModels.map((id) => listed.find((model) => model.id === id) ?? { id });
}

function unlistedModels(request: ProbeRequest, listed: readonly string[]): readonly string[] {
  const wanted = new Set(request.allowedModels);
  if (request.defaultModel !== undefined) wanted.add(request.defaultModel);
  return [...wanted].filter((id) => !listed.includes(id));
}
