import type { FlagName } from "../metrics.ts";
import { type BalanceLimits, balanceLow, gaugesOf } from "./gauges.ts";
import type { Probed, Result } from "./shard-probe.ts";

/** What a run found out about the keys of an endpoint. */
interface EndpointFinding {
  /** 1: at least two different keys were rejected, and none was accepted; 0: one was accepted. Absent: neither was learned. */
  readonly allKeysRejected?: 0 | 1;
}

/** By base URL. */
type EndpointFindings = ReadonlyMap<string, EndpointFinding>;

/** Returns what a run found out about the keys of each endpoint. A probe that learned nothing does not count. */
export function endpointFindings(probed: readonly Probed[]): EndpointFindings {
  const ofEndpoint = Map.groupBy(probed, ({ connection }) => connection.baseUrl);
  return new Map([...ofEndpoint].map(([baseUrl, results]) => [baseUrl, findingOf(results)]));
}

function findingOf(results: readonly Probed[]): EndpointFinding {
  if (results.some((result) => gaugesOf(result).KeyRejected === 0)) return { allKeysRejected: 0 };
  const rejected = results.filter(({ verdict }) => verdict.kind === "invalid");
  const keys = new Set(rejected.map(({ keyFingerprint }) => keyFingerprint));
  return keys.size >= 2 ? { allKeysRejected: 1 } : {};
}

/**
 * The gauges that tell something bad about a key or its account, which connections with the same key have in common, and what is
 * written of it: one value if only the highest counts, all values if their average does.
 */
const ofKey = {
  KeyRejected: "one",
  Unfunded: "one",
  BalanceLow: "one",
  RateLimited: "all",
} as const satisfies Readonly<Partial<Record<FlagName, "one" | "all">>>;

/** The values that a connection writes to each gauge: usually one. */
export type Values = Readonly<Partial<Record<FlagName, readonly (0 | 1)[]>>>;

/**
 * Returns the values that each probed connection writes, so that one cause sends one alert:
 *
 * - The first connection by name represents all that have the same key and base URL. If any of them found out something bad, it
 *   writes that. The others write nothing then, so that their alarms keep their states.
 * - If all keys of an endpoint are rejected, that is one finding about the endpoint. It says nothing about a single key, and nothing
 *   about the share of probes that fail.
 *
 * @param lowBalance the balance at which an account is low, by currency
 */
export function gaugesByResult(
  probed: readonly Probed[],
  findings: EndpointFindings,
  lowBalance: BalanceLimits,
): ReadonlyMap<Probed, Values> {
  const drafts = probed.map((result) => {
    const gauges = Object.entries({ ...gaugesOf(result), ...balanceLow(result.balances, lowBalance) });
    const own: Draft = Object.fromEntries(gauges.map(([name, value]) => [name, [value]]));
    if (result.verdict.kind === "invalid" && findings.get(result.connection.baseUrl)?.allKeysRejected === 1) {
      delete own.KeyRejected;
      delete own.ServiceFailing;
    }
    return { result, own };
  });
  const known = drafts.filter(({ result }) => result.keyFingerprint !== undefined);
  const groups = Map.groupBy(known, ({ result }) => `${result.keyFingerprint} ${result.connection.baseUrl}`);
  for (const group of groups.values()) {
    const byName = group.toSorted((a, b) => (a.result.connection.name < b.result.connection.name ? -1 : 1));
    represent(byName.map(({ own }) => own));
  }
  return new Map(drafts.map(({ result, own }) => [result, own]));
}

type Draft = Partial<Record<FlagName, readonly (0 | 1)[]>>;

/** Leaves what the members found out about their key, if any of it is bad, to the first one. */
function represent(members: readonly Draft[]): void {
  for (const [name, written] of Object.entries(ofKey) as [keyof typeof ofKey, "one" | "all"][]) {
    const all = members.flatMap((values) => values[name] ?? []);
    if (!all.includes(1)) continue;
    for (const [index, values] of members.entries()) {
      if (index === 0) values[name] = written === "one" ? [1] : all;
      else delete values[name];
    }
  }
}

/** Gives the rejections of an endpoint that rejects all keys a next step that fits both readings. */
export function explained(results: readonly Result[]): readonly Result[] {
  const findings = endpointFindings(results.filter((result) => result.type === "probed"));
  return results.map((result) => {
    if (result.type !== "probed" || result.verdict.kind !== "invalid") return result;
    if (findings.get(result.connection.baseUrl)?.allKeysRejected !== 1) return result;
    return { ...result, verdict: { ...result.verdict, code: "all-keys-rejected", nextStep: allKeysNextStep } };
  });
}

const allKeysNextStep =
  "The service rejected every API key in this run. Either all were revoked, or the service has an outage in which it rejects valid " +
  "keys. Create one new key and try it: if it is rejected too, it is an outage, so keep the keys. Otherwise replace all of them.";
