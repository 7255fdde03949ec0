import { expect } from "vitest";
import { decide } from "../../provider/core/policy.ts";
import type { VerdictKind } from "../../provider/deepseek/verdict.ts";
import { RealEngine } from "../contract/real-engine.ts";
import type { Shown } from "../contract/stack.ts";
import { replayKeys } from "../support/keys.ts";
import { startReplay } from "./replay-server.ts";
import { type CaseReply, optionIn, problemsOf, type ReplyCase } from "./reply-case.ts";

const json = { "content-type": "application/json" };
const ok = (body: unknown): CaseReply => ({ status: 200, headers: json, body: JSON.stringify(body) });

/**
 * Plays a case against the engine: a connection that works is deployed, then the service answers as the case says at a
 * preview, at an update of the key, and at a refresh. Its list is public, so each of them makes the test call.
 */
export async function playOnEngine(one: ReplyCase, engine: Parameters<typeof RealEngine.start>[0]): Promise<void> {
  const model = optionIn(one.args, "--model");
  await using server = await startReplay({
    models: ok({ data: [{ id: model ?? "deepseek-v4-pro" }] }),
    chat: ok({ choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }] }),
  });
  await using stack = await RealEngine.start(engine);
  const testCall = optionIn(one.args, "--test-call");
  const [first, key] = replayKeys;
  const program = {
    inputs: {
      apiKey: first,
      baseUrl: server.url,
      maxAttempts: 1,
      ...(model !== undefined && { defaultModel: model }),
      ...(testCall !== undefined && { testCall }),
    },
  };
  const created = await stack.up(program);
  expect(created.passed, created.text).toBe(true);
  const { modelsWithoutKey = one.models, ...replies } = one;
  server.play({ ...replies, modelsWithoutKey });

  const previewed = await stack.preview(program);
  const verdict = verdictIn(one, previewed, "check");
  const updated = await stack.up({ inputs: { ...program.inputs, apiKey: key } });
  expect(updated.passed, updated.text).toBe(decide(verdict, "update", "standard") !== "fail");
  const stored = await stack.state();
  expect(stored?.["apiKey"], "a failed update changes nothing").toBe(updated.passed ? key : program.inputs.apiKey);

  const refreshed = await stack.refresh();
  expect(refreshed.passed, refreshed.text).toBe(true);
  expect((await stack.state())?.["status"]).toBe(verdict === "indeterminate" ? "valid" : verdict);
  for (const { text } of [previewed, updated, refreshed]) {
    expect(text).not.toContain(key.slice(-8));
    expect(text).not.toContain(program.inputs.apiKey.slice(-8));
  }
}

/** The acceptable verdict that explains what a command did, with its words. */
function verdictIn(one: ReplyCase, shown: Shown, step: "check"): VerdictKind {
  const does = shown.passed ? (shown.says.some((said) => said.startsWith("warning")) ? "warn" : "pass") : "fail";
  const verdict = one.expect.verdict.find((kind) => decide(kind, step, "standard") === does);
  expect(verdict, shown.text).toBeDefined();
  const kind = verdict ?? "indeterminate";
  if (kind !== "valid") expect(problemsOf(one, { verdict: kind, text: shown.text }), shown.text).toEqual([]);
  return kind;
}
