import type { Probed, Result } from "./result.ts";

/** From how many different keys on it is likelier that the service errs than that all were revoked in one minute. */
const MANY_KEYS = 3;

/**
 * The endpoint's own fault: where three or more different keys of one endpoint were asked about in a run, and every one
 * was rejected, nothing is known about them. Outages of DeepSeek have answered 401 to good keys.
 */
export function doubtRejections(results: readonly Result[]): readonly Result[] {
  const probed = results.filter((result) => result.type === "probed");
  const ofEndpoint = Map.groupBy(probed, ({ connection }) => connection.baseUrl);
  const doubtful = new Set([...ofEndpoint.values()].filter(rejectsAll).flat());
  return results.map((result) => (result.type === "probed" && doubtful.has(result) ? doubted(result) : result));
}

function rejectsAll(probed: readonly Probed[]): boolean {
  const keys = new Set(probed.map(({ keyFingerprint }) => keyFingerprint));
  return keys.size >= MANY_KEYS && probed.every(({ verdict }) => verdict.kind === "invalid");
}

function doubted(result: Probed): Probed {
  const { host } = new URL(result.connection.baseUrl);
  return {
    ...result,
    verdict: {
      ...result.verdict,
      kind: "indeterminate",
      cause: `${host} rejects every API key that it was asked about in this run (HTTP 401).`,
      nextStep:
        "Nothing is known about the keys: three or more that fail at once are the service's fault, as a rule. If all " +
        "of them were revoked, replace them.",
    },
  };
}
