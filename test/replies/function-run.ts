import { createHandler } from "../../monitor/lambda/handler.ts";
import type { Http } from "../../provider/deepseek/http.ts";
import { monitorEnvironment } from "../support/monitor-environment.ts";
import { optionIn } from "./reply-case.ts";

interface Run {
  readonly http: Http;
  readonly baseUrl: string;
  readonly key: string;
  /** Options of `check`, of which the function knows the model and the test call. */
  readonly args: readonly string[];
}

/** Runs the monitor's function once for one connection. Its waits between attempts take no time. */
export async function runFunction({ http, baseUrl, key, args }: Run) {
  const lines: unknown[] = [];
  const log = (...entry: readonly unknown[]) => void lines.push(entry);
  const model = optionIn(args, "--model") ?? optionIn(args, "--allowed-model");
  const connection = { name: "main", baseUrl, apiKey: key, ...(model !== undefined && { model }) };
  const handler = createHandler({
    environment: { ...monitorEnvironment, MONITOR_TEST_CALL: optionIn(args, "--test-call") ?? "chat" },
    http,
    readSecret: async () => ({ value: JSON.stringify({ connections: [connection] }), createdAt: new Date() }),
    clock: { now: Date.now, sleep: async () => {} },
    print: () => {},
    log: { info: () => {}, warn: log, error: log },
  });
  const { verdicts } = await handler({ shard: "0" }, { getRemainingTimeInMillis: () => 60_000 });
  const [verdict = "none"] = Object.entries(verdicts).flatMap(([kind, count]) => (count > 0 ? [kind] : []));
  return { verdict, text: JSON.stringify(lines) };
}
