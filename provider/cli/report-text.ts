import { styleText } from "node:util";
import type { CallRecord } from "../deepseek/exchange.ts";
import type { Model } from "../deepseek/model.ts";
import { enumerate, type VerdictKind } from "../deepseek/verdict.ts";
import type { Report } from "./report.ts";
import { aligned, table } from "./table.ts";

const looks: Readonly<Record<VerdictKind, { readonly sign: string; readonly colour: "green" | "red" | "yellow" }>> = {
  valid: { sign: "✓", colour: "green" },
  invalid: { sign: "✗", colour: "red" },
  unfunded: { sign: "!", colour: "yellow" },
  misconfigured: { sign: "✗", colour: "red" },
  indeterminate: { sign: "?", colour: "yellow" },
};

/** The whole report, for people. */
export function renderReport(report: Report): string {
  const facts = aligned(factsOf(report).map(([name, value]) => [`  ${name}`, value]));
  const calls = table(["  call", "answer", "time", "attempt", "tokens", "trace id"], report.calls.map(rowOf));
  return [renderVerdict(report, process.stdout), facts, calls].join("\n\n");
}

/** The verdict, its cause and the next step. Coloured where the stream is a terminal, or as NO_COLOR and FORCE_COLOR say. */
export function renderVerdict(report: Report, stream: NodeJS.WriteStream): string {
  const { sign, colour } = looks[report.verdict];
  const verdict = styleText(["bold", colour], `${sign} ${report.verdict}`, { stream });
  const lines = [`${verdict}: ${report.cause ?? praise(report)}`];
  if (report.nextStep !== undefined) lines.push(`Next step: ${report.nextStep}`);
  lines.push(...report.hints.map((hint) => `Note: ${hint}`));
  return lines.join("\n");
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
  return `${accepted}. Whether a model answers was not asked.`;
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

function rowOf({ method, path, status, fault, milliseconds, attempt, tokens, traceId }: CallRecord): readonly string[] {
  const answer = [status === undefined ? "" : `HTTP ${status}`, fault ?? ""].filter((part) => part !== "").join(", ");
  return [`  ${method} ${path}`, answer, `${milliseconds} ms`, `${attempt}`, `${tokens ?? ""}`, traceId ?? ""];
}

function tokens(count: number | undefined): string {
  return count?.toLocaleString("en-US") ?? "";
}
