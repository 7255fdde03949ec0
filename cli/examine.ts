import { parseArguments, requestOf, type Settings } from "../provider/core/inputs.ts";
import { hints } from "../provider/core/messages.ts";
import type { CallRecord } from "../provider/deepseek/exchange.ts";
import { undiciHttp } from "../provider/deepseek/http-undici.ts";
import { probe } from "../provider/deepseek/probe.ts";
import { keyFingerprint } from "../provider/deepseek/redact.ts";
import { inOptions, inputsFrom, type Typed } from "./connection-options.ts";
import { readKey } from "./key-input.ts";
import type { Report } from "./report.ts";
import { Progress } from "./terminal.ts";
import { UsageError } from "./usage.ts";

/**
 * Probes a service as a deployment does.
 *
 * @throws UsageError if the options cannot be used, or if there is no key
 */
export async function examine(typed: Typed): Promise<Report> {
  const { apiKey, from } = await readKey(typed.keyFile, typed.baseUrl);
  const settings = readSettings(apiKey, typed);
  const { baseUrl, testCall } = settings;
  const calls: CallRecord[] = [];
  const progress = new Progress(`Waiting for ${new URL(baseUrl).host} …`);
  const result = await probe(requestOf(settings, testCall === "chat"), undiciHttp, (call) => calls.push(call));
  progress.end();
  const { verdict, findings } = result;
  return {
    verdict: verdict.kind,
    ...(verdict.kind !== "valid" && { cause: verdict.cause, nextStep: inOptions(verdict.nextStep) }),
    hints: hints(settings, result).map(inOptions),
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

function readSettings(apiKey: string, typed: Typed): Settings {
  const parsed = parseArguments({ apiKey, displayName: "command line", ...inputsFrom(typed) });
  if (parsed.type === "settings") return parsed.settings;
  const problems =
    parsed.type === "problems" ? parsed.problems : ["a value is Pulumi's mark for what is not known yet"];
  throw new UsageError(problems.map(inOptions).join("\n       "));
}
