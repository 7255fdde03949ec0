import { describe, expect, test } from "vitest";
import { SecretUnreadableError } from "../../../../monitor/lambda/secrets.ts";
import type { Probed, Result, Unreadable } from "../../../../monitor/lambda/shard-probe.ts";
import { doubtRejections } from "../../../../monitor/lambda/shard-probe.ts";
import type { VerdictKind } from "../../../../provider/deepseek/verdict.ts";

let connections = 0;

function connection(baseUrl = "https://api.deepseek.com") {
  return { name: `c${connections++}`, baseUrl, secretArn: "arn:aws:secretsmanager:eu-central-1:1:secret:x" };
}

function probed(kind: VerdictKind, keyFingerprint: string, baseUrl?: string): Probed {
  const verdict =
    kind === "valid" ? { kind } : { kind, code: "test", cause: "Cause.", nextStep: "Next.", call: "models" as const };
  const provesKey = kind === "valid" || kind === "unfunded";
  return {
    type: "probed",
    connection: connection(baseUrl),
    verdict,
    provesKey,
    keyFingerprint,
    balances: [],
    attempts: 2,
  };
}

const unreadable = (): Unreadable => ({
  type: "unreadable",
  connection: connection(),
  error: SecretUnreadableError.of("secret-access-denied"),
});

const kinds = (results: readonly Result[]) =>
  doubtRejections(results).map((result) => (result.type === "probed" ? result.verdict.kind : result.type));

describe("rejections are believed", () => {
  test.each([
    ["of one key", [probed("invalid", "a")]],
    ["of two keys", [probed("invalid", "a"), probed("invalid", "b")]],
    [
      "of one key that three connections share",
      [probed("invalid", "a"), probed("invalid", "a"), probed("invalid", "a")],
    ],
    [
      "of three keys while another key of the endpoint works",
      [probed("invalid", "a"), probed("invalid", "b"), probed("invalid", "c"), probed("valid", "d")],
    ],
    [
      "of three keys while another key of the endpoint has insufficient balance",
      [probed("invalid", "a"), probed("invalid", "b"), probed("invalid", "c"), probed("unfunded", "d")],
    ],
    [
      "of three keys of two endpoints",
      [probed("invalid", "a"), probed("invalid", "b"), probed("invalid", "c", "https://gateway.example")],
    ],
  ])("%s", (_, results) => {
    expect(kinds(results)).toEqual(results.map(({ verdict }) => verdict.kind));
  });
});

describe("rejections are the endpoint's fault", () => {
  const three = [probed("invalid", "a"), probed("invalid", "b"), probed("invalid", "c")];

  test("if all probed keys are rejected, and they are three different ones", () => {
    expect(kinds(three)).toEqual(["indeterminate", "indeterminate", "indeterminate"]);
  });

  test("even if a fourth key could not be read", () => {
    expect(kinds([...three, unreadable()])).toEqual(["indeterminate", "indeterminate", "indeterminate", "unreadable"]);
  });

  test("and other endpoints are not affected", () => {
    const other = "https://gateway.example";
    expect(kinds([...three, probed("invalid", "d", other), probed("valid", "e", other)]).slice(3)).toEqual([
      "invalid",
      "valid",
    ]);
  });

  test("and the verdict says so, with the call that decided", () => {
    expect(doubtRejections(three)[0]).toMatchObject({
      verdict: {
        kind: "indeterminate",
        cause: "api.deepseek.com rejected every API key in this run (HTTP 401).",
        call: "models",
      },
      keyFingerprint: "a",
    });
  });
});
