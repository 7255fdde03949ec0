import type { Learnable, MetricName } from "../metrics.ts";
import type { FunctionSettings } from "./invocation.ts";
import type { Probed, Result } from "./shard-probe.ts";

/** Returns what runs can learn about each connection that was probed, by its name. */
export function learnableByName(
  results: readonly Result[],
  settings: FunctionSettings,
): Readonly<Record<string, Learnable>> {
  const probed = results.filter((result) => result.type === "probed");
  const ofEndpoint = Map.groupBy(probed, ({ connection }) => connection.baseUrl);
  const learnable = [...ofEndpoint.values()].flatMap((members) => {
    const keys = new Set(members.map(({ keyFingerprint }) => keyFingerprint)).size;
    return members.map((member) => [member.connection.name, learnableOf(member, settings, keys)] as const);
  });
  return Object.fromEntries(learnable);
}

/**
 * Returns what runs can learn about a connection, judged by one run. What a failed probe leaves open counts as possible.
 *
 * @param keys how many different keys the run found for the connection's base URL
 */
export function learnableOf(
  { verdict, provesKey, balances }: Pick<Probed, "verdict" | "provesKey" | "balances">,
  { MONITOR_TEST_CALL, MONITOR_LOW_BALANCE = {} }: Pick<FunctionSettings, "MONITOR_TEST_CALL" | "MONITOR_LOW_BALANCE">,
  keys: number,
): Learnable {
  if (!["valid", "unfunded", "unverified"].includes(verdict.kind)) return { never: [] };
  const currencies = balances.map(({ currency }) => currency);
  const hasBalance = currencies.length > 0;
  const isUnproven = verdict.kind === "unverified";
  const canBeRejected = !isUnproven || provesKey;
  const isPossible: Readonly<Partial<Record<MetricName, boolean>>> = {
    KeyRejected: canBeRejected,
    AllKeysRejected: canBeRejected && keys >= 2,
    // Without the test call, only the balance shows that an account cannot pay.
    Unfunded: hasBalance || MONITOR_TEST_CALL === "chat",
    LatencyMs: !isUnproven,
    Balance: hasBalance,
    BalanceLow: currencies.some((currency) => MONITOR_LOW_BALANCE[currency] !== undefined),
  };
  const never = (Object.keys(isPossible) as MetricName[]).filter((name) => !isPossible[name]);
  return { never, currencies };
}
