import { describe, expect, test } from "vitest";
import { endpointFindings, explained, gaugesByResult } from "../../../../monitor/lambda/key-findings.ts";
import { measurementsOf } from "../../../../monitor/lambda/measurements.ts";
import { SecretUnreadableError } from "../../../../monitor/lambda/secret-problems.ts";
import type { Probed, Unreadable } from "../../../../monitor/lambda/shard-probe.ts";
import { Detail, type FlagName } from "../../../../monitor/metrics.ts";
import type { VerdictKind } from "../../../../provider/deepseek/verdict.ts";

const deepseek = "https://api.deepseek.com";
const gateway = "https://gateway.example";

let connections = 0;

function probed(
  kind: VerdictKind,
  keyFingerprint: string | undefined,
  more: Partial<Probed["connection"]> = {},
): Probed {
  const verdict =
    kind === "valid" ? { kind } : { kind, code: "test", cause: "Cause.", nextStep: "Next.", call: "models" as const };
  return {
    type: "probed",
    connection: { name: `c${connections++}`, baseUrl: deepseek, ...more },
    verdict,
    provesKey: kind === "valid" || kind === "unfunded",
    ...(keyFingerprint !== undefined && { keyFingerprint }),
    balances: [],
    attempts: 2,
  };
}

/** The highest value of a gauge by the connections' names; a gauge that is not written is left out. */
function written(results: readonly Probed[], gauge: FlagName) {
  const all = Object.entries(values(results, gauge)).map(([name, own]) => [name, own && Math.max(...own)]);
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

/** All values of a gauge by the connections' names. */
function values(results: readonly Probed[], gauge: FlagName) {
  const gauges = [...gaugesByResult(results, endpointFindings(results), { USD: 2, CNY: 15 })];
  return Object.fromEntries(gauges.map(([{ connection }, own]) => [connection.name, own[gauge]]));
}

const named = (kind: VerdictKind, key: string | undefined, name: string, baseUrl = deepseek) =>
  probed(kind, key, { name, baseUrl });

function limited(name: string): Probed {
  const result = named("indeterminate", "a", name);
  return { ...result, verdict: { ...result.verdict, httpStatus: 429 } as Probed["verdict"] };
}

describe("connections with the same key and base URL", () => {
  test("let the first by name write that it is rejected, though another one learned it", () => {
    const results = [named("invalid", "a", "z"), named("indeterminate", "a", "b"), named("invalid", "a", "c")];
    expect(written(results, "KeyRejected")).toEqual({ b: 1 });
    expect(written(results, "ServiceFailing")).toEqual({ z: 0, b: 1, c: 0 });
  });

  test("do so too if one of them is still accepted, as when a key is revoked during a run", () => {
    const results = [named("valid", "a", "b"), named("invalid", "a", "c"), named("valid", "a", "d")];
    expect(written(results, "KeyRejected")).toEqual({ b: 1 });
  });

  test("let the first by name write that the account has insufficient balance, and each that the key works", () => {
    const results = [named("unfunded", "a", "c"), named("valid", "a", "b")];
    expect(written(results, "Unfunded")).toEqual({ b: 1 });
    expect(written(results, "KeyRejected")).toEqual({ b: 0, c: 0 });
  });

  test("each write their own 0 once the key works", () => {
    const results = [named("valid", "a", "c"), named("valid", "a", "b"), named("indeterminate", "a", "d")];
    expect(written(results, "KeyRejected")).toEqual({ b: 0, c: 0 });
    expect(written(results, "Unfunded")).toEqual({ b: 0, c: 0 });
  });

  test("let the first by name write that their balance is low, whoever learned it, and each that it is not", () => {
    const holding = (name: string, amount?: number) => ({
      ...named("valid", "a", name),
      balances: amount === undefined ? [] : [{ currency: "USD", amount }],
    });
    expect(written([holding("d", 2), holding("c"), holding("b")], "BalanceLow")).toEqual({ b: 1 });
    expect(written([holding("d", 2.01), holding("c"), holding("b", 3)], "BalanceLow")).toEqual({ b: 0, d: 0 });
  });

  test("let the first by name write all values of a rate limit, so that their average is the share of limited probes", () => {
    const some = [limited("c"), named("valid", "a", "b"), named("valid", "a", "d")];
    expect(values(some, "RateLimited")).toEqual({ b: [0, 1, 0], c: undefined, d: undefined });
    const none = [named("valid", "a", "b"), named("valid", "a", "d")];
    expect(values(none, "RateLimited")).toEqual({ b: [0], d: [0] });
  });

  test("count as one in each run's rate limit, and as many as they are in a shard's share", () => {
    const written = (detail: Detail, results: readonly Probed[]) =>
      measurementsOf({
        monitor: "m",
        shard: "0",
        detail,
        gauges: ["RateLimited"],
        lowBalance: {},
        results,
        topics: [],
        at: 0,
      })
        .flatMap(({ values }) => (values.RateLimited === undefined ? [] : [values.RateLimited]))
        .toSorted((a, b) => b.length - a.length);
    const some = [limited("b"), limited("c"), limited("d"), named("valid", "a", "e")];
    const none = [named("valid", "a", "b"), named("valid", "a", "c")];
    expect(written(Detail.Connection, some)).toEqual([[0.75]]);
    expect(written(Detail.Connection, none)).toEqual([[0], [0]]);
    expect(written(Detail.Fleet, some)).toEqual([[1, 1, 1, 0]]);
    expect(written(Detail.Fleet, none)).toEqual([[0, 0]]);
  });

  test("at different base URLs, or with different keys, write what they learned themselves", () => {
    const results = [
      named("invalid", "a", "b"),
      named("invalid", "a", "c", gateway),
      named("invalid", "d", "e"),
      named("valid", "f", "g"),
    ];
    expect(written(results, "KeyRejected")).toEqual({ b: 1, c: 1, e: 1, g: 0 });
  });

  test("are not known to have the same key if it was not read in time", () => {
    const results = [named("indeterminate", undefined, "a"), named("invalid", "a", "b"), named("valid", "c", "d")];
    expect(written(results, "KeyRejected")).toEqual({ b: 1, d: 0 });
  });
});

describe("all keys of a base URL are rejected", () => {
  const two = [named("invalid", "a", "b"), named("invalid", "c", "d")];

  test.each<[string, readonly Probed[]]>([
    ["if two different keys are rejected", two],
    [
      "if three are, and a fourth probe learned nothing about its key",
      [...two, probed("invalid", "e"), probed("indeterminate", "f")],
    ],
    ["whatever happens at another base URL", [...two, probed("valid", "g", { baseUrl: gateway })]],
  ])("%s: that is a finding about the base URL, and not about a key or the service", (_, results) => {
    expect(endpointFindings(results).get(deepseek)).toEqual({ allKeysRejected: 1 });
    const here = results.filter(({ connection }) => connection.baseUrl === deepseek);
    expect(written(here, "KeyRejected")).toEqual({});
    for (const { connection } of two) expect(written(here, "ServiceFailing")).not.toHaveProperty(connection.name);
  });

  test.each<[string, readonly Probed[], object]>([
    ["one key is rejected", [probed("invalid", "a")], {}],
    ["one key of several connections is rejected", [probed("invalid", "a"), probed("invalid", "a")], {}],
    ["another key works", [...two, probed("valid", "e")], { allKeysRejected: 0 }],
    ["another key has insufficient balance", [...two, probed("unfunded", "e")], { allKeysRejected: 0 }],
    [
      "two keys are rejected at two base URLs",
      [probed("invalid", "a"), probed("invalid", "b", { baseUrl: gateway })],
      {},
    ],
    ["nothing is known", [probed("indeterminate", "a"), probed("unverified", "b")], {}],
  ])("is not reported if %s", (_, results, finding) => {
    expect(endpointFindings(results).get(deepseek)).toEqual(finding);
    expect(Object.values(written(results, "KeyRejected")).filter((value) => value === 1)).toHaveLength(
      new Set(results.filter(({ verdict }) => verdict.kind === "invalid").map(({ keyFingerprint }) => keyFingerprint))
        .size,
    );
  });

  test("gets a next step with both readings in the log, where each key stays rejected", () => {
    const broken: Unreadable = {
      type: "unreadable",
      connection: { name: "u", baseUrl: deepseek },
      secret: "arn:aws:secretsmanager:eu-central-1:1:secret:x",
      error: SecretUnreadableError.of("secret-access-denied"),
    };
    const other = named("invalid", "e", "f", gateway);
    const [first, second, third, fourth] = explained([...two, other, broken]);
    for (const result of [first, second]) {
      expect(result).toMatchObject({
        verdict: { kind: "invalid", code: "all-keys-rejected", cause: "Cause.", call: "models" },
      });
    }
    expect([third, fourth]).toEqual([other, broken]);
  });
});
