import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { announce } from "../../../../provider/announce.ts";
import { parseArguments } from "../../../../provider/core/inputs.ts";

beforeEach(() => void vi.spyOn(pulumi.log, "warn").mockResolvedValue());
afterEach(() => vi.restoreAllMocks());

async function warningsFor(apiKey: string, kind: "valid" | "invalid", baseUrl = "https://api.deepseek.com") {
  const parsed = parseArguments({ apiKey, baseUrl, displayName: "main" });
  if (parsed.type !== "settings") throw new Error("The test's own inputs are wrong.");
  await announce(parsed.settings, { verdict: { kind, cause: "It is rejected.", nextStep: "Check it." } });
  return vi.mocked(pulumi.log.warn).mock.calls.map(([text]) => text);
}

const hint = /^DeepSeekConnection 'main': apiKey does not look like a key of DeepSeek .*: was all of it copied\?$/;

it("a rejected key of another shape than DeepSeek's gets a hint, and no more", async () => {
  expect(await warningsFor("sk-0123", "invalid")).toEqual([expect.stringMatching(hint)]);
});

it.each([
  ["one of the usual shape", "sk-0123456789abcdef0123456789abcdef", "invalid", undefined],
  ["one that the service accepts", "sk-0123", "valid", undefined],
  ["one for another service", "sk-0123", "invalid", "https://gateway.example"],
] as const)("a key gets none: %s", async (_, apiKey, kind, baseUrl) => {
  expect(await warningsFor(apiKey, kind, baseUrl)).toEqual([]);
});
