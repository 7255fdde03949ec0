import { parseInputs, probeRequestOf, type Settings } from "../provider/core/inputs.ts";
import { printed } from "../provider/core/message-text.ts";
import { hintsOf, insecureHttp } from "../provider/core/messages.ts";
import type { CallRecord } from "../provider/deepseek/exchange.ts";
import { undiciHttp } from "../provider/deepseek/http-undici.ts";
import { probe } from "../provider/deepseek/probe.ts";
import { keyFingerprint } from "../provider/deepseek/redact.ts";
import { type ConnectionOptions, inOptions, inputsFrom } from "./connection-options.ts";
import { readKey } from "./key-input.ts";
import type { Report } from "./report.ts";
import { Progress } from "./terminal.ts";
import { UsageError } from "./usage.ts";

/**
 * Probes a service as a deployment does.
 *
 * @throws UsageError if the options are invalid, or if no key is given
 */
export async function examine(typed: ConnectionOptions): Promise<Report> {
  const inputs = await inputsFrom(typed);
  const { apiKey, from } = await readKey(typed.keyFile, inputs["baseUrl"] as string | undefined);
  const settings = readSettings({ ...inputs, apiKey, displayName: "command line" });
  const { baseUrl, testCall } = settings;
  const insecure = insecureHttp(baseUrl);
  if (insecure !== undefined) console.error(`warning: ${inOptions(printed(insecure))}`);
  const calls: CallRecord[] = [];
  const progress = new Progress(`Waiting for ${new URL(baseUrl).host} …`);
  const result = await probe(probeRequestOf(settings, "always"), undiciHttp, (call) => calls.push(call));
  progress.end();
  const { verdict, findings } = result;
  return {
    verdict: verdict.kind,
    ...(verdict.kind !== "valid" && {
      code: verdict.code,
      cause: verdict.cause,
      nextStep: inOptions(verdict.nextStep),
    }),
    hints: hintsOf(settings, result).map(({ code, text }) => ({ code, text: inOptions(text) })),
    keyFingerprint: keyFingerprint(settings.apiKey),
    keyFrom: from,
    baseUrl,
    testCall,
    ...(findings !== undefined && {
      model: findings.defaultModel,
      ...(findings.servedModel !== undefined && { servedModel: findings.servedModel }),
      models: findings.models,
      ...(findings.balances.length > 0 && { balances: findings.balances }),
    }),
    calls,
  };
}

function readSettings(inputs: Readonly<Record<string, unknown>>): Settings {
  const parsed = parseInputs(inputs);
  if (parsed.type === "settings") return parsed.settings;
  const problems = parsed.type === "problems" ? parsed.problems : [];
  throw new UsageError(problems.map(({ code, text }) => ({ code, text: inOptions(text) })));
}
