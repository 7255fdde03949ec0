import { styleText } from "node:util";
import { printed } from "../provider/core/message-text.ts";
import type { TestCall } from "../provider/core/values.ts";
import type { CallRecord } from "../provider/deepseek/exchange.ts";
import type { Balance, Model } from "../provider/deepseek/offer.ts";
import type { VerdictKind } from "../provider/deepseek/verdict.ts";
import { enumerate } from "../provider/deepseek/verdict-rows.ts";
import type { GivenKey } from "./key-input.ts";
import { aligned, table } from "./terminal.ts";

/**
 * What `check --json` and `models --json` print. It contains no part of the key. Fields may be added, but not removed.
 * Absent fields are omitted.
 */
export interface Report {
  readonly verdict: VerdictKind;
  /** The message's code, as in ERRORS.md; absent if the verdict is `valid`. */
  readonly code?: string;
  /** What happened, as a sentence; absent if the verdict is `valid`. */
  readonly cause?: string;
  /** What to do, as a sentence; absent if the verdict is `valid`. */
  readonly nextStep?: string;
  /** Hints that do not change the verdict: a model that is not listed, a key of an unusual format. */
  readonly hints: readonly { readonly code: string; readonly text: string }[];
  /** 12 hex digits that identify the key; the connection's output of this name has the same value. */
  readonly keyFingerprint: string;
  readonly keyFrom: GivenKey["from"];
  readonly baseUrl: string;
  /** `models` if only the free calls were made. */
  readonly testCall: TestCall;
  /** The model that was set or chosen; absent if none is known. */
  readonly model?: string;
  /** The model that answered the test call; for an alias, the model behind it. */
  readonly servedModel?: string;
  /** The models that may be used, as the service describes them; of a service without a list, those that were set. */
  readonly models?: readonly Model[];
  /** The account's balance in each currency; absent if the service did not report it. */
  readonly balances?: readonly Balance[];
  /** Each attempt of each call, in the order in which they ended. One without the key has `withoutKey: true`. */
  readonly calls: readonly CallRecord[];
}

const looks: Readonly<Record<VerdictKind, { readonly sign: string; readonly colour: "green" | "red" | "yellow" }>> = {
  valid: { sign: "✓", colour: "green" },
  invalid: { sign: "✗", colour: "red" },
  unfunded: { sign: "!", colour: "yellow" },
  misconfigured: { sign: "✗", colour: "red" },
  unverified: { sign: "?", colour: "yellow" },
  indeterminate: { sign: "?", colour: "yellow" },
};

/** The whole report, for people. */
export function renderReport(report: Report): string {
  const facts = aligned(factsOf(report).map(([name, value]) => [`  ${name}`, value]));
  const calls = table(["  call", "answer", "time", "attempt", "tokens", "trace id"], report.calls.map(rowOf));
  return [renderVerdict(report, process.stdout), facts, calls].join("\n\n");
}

/**
 * The verdict, its cause and the next step. Coloured if the stream is a terminal, or as NO_COLOR or FORCE_COLOR say.
 */
export function renderVerdict(report: Report, stream: NodeJS.WriteStream): string {
  const { sign, colour } = looks[report.verdict];
  const verdict = styleText(["bold", colour], `${sign} ${report.verdict}`, { stream });
  const lines = [`${verdict}: ${report.cause ?? praise(report)}`];
  if (report.nextStep !== undefined) lines.push(`Next step: ${report.nextStep} [${report.code}]`);
  lines.push(...report.hints.map((hint) => `Note: ${printed(hint)}`));
  return lines.join("\n");
}

/** Why the list does not prove the key, for a command that has no test call. */
export function renderUnproven({ cause = "", code = "" }: Report): string {
  return `Note: ${printed({ code, text: `${cause} To check the key, run 'pulumi-deepseek check'.` })}`;
}

/** The models as a table. */
export function renderModels(models: readonly Model[]): string {
  const head = ["id", "name", "context", "max output", "input", "output"];
  return table(
    head,
    models.map((model) => [
      model.id,
      model.name ?? "",
      tokens(model.contextWindow),
      tokens(model.maxOutputTokens),
      model.inputModalities?.join(", ") ?? "",
      model.outputModalities?.join(", ") ?? "",
    ]),
  );
}

function praise({ baseUrl, testCall, model }: Report): string {
  const accepted = `${new URL(baseUrl).host} accepts this API key`;
  if (testCall === "chat") return `${accepted}, and ${model} answered the test call.`;
  return `${accepted}. No test call was made.`;
}

function factsOf(report: Report): readonly (readonly [name: string, value: string])[] {
  const { keyFingerprint, keyFrom, baseUrl, model, servedModel, models, balances } = report;
  const facts: [name: string, value: string][] = [
    ["key", `fingerprint ${keyFingerprint}, from ${keyFrom}`],
    ["base URL", baseUrl],
  ];
  if (model !== undefined) {
    const served = servedModel === undefined || servedModel === model ? "" : `, served by ${servedModel}`;
    facts.push(["model", model + served]);
  }
  if (models !== undefined) facts.push(["models", enumerate(models.map(({ id }) => id))]);
  if (balances !== undefined) {
    facts.push(["balance", balances.map(({ amount, currency }) => `${amount.toFixed(2)} ${currency}`).join(", ")]);
  }
  return facts;
}

function rowOf(call: CallRecord): readonly string[] {
  const { method, path, status, fault, milliseconds, attempt, tokens, traceId, withoutKey } = call;
  const answer = [status === undefined ? "" : `HTTP ${status}`, fault ?? ""].filter((part) => part !== "").join(", ");
  const name = `  ${method} ${path}${withoutKey ? " (without the key)" : ""}`;
  return [name, answer, `${milliseconds} ms`, `${attempt}`, `${tokens ?? ""}`, traceId ?? ""];
}

function tokens(count: number | undefined): string {
  return count?.toLocaleString("en-US") ?? "";
}
