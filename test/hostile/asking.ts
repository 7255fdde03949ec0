import { reasonOf } from "../../provider/core/messages.ts";
import type { CallRecord } from "../../provider/deepseek/exchange.ts";
import { undiciHttp } from "../../provider/deepseek/http-undici.ts";
import { probe } from "../../provider/deepseek/probe.ts";
import type { Clock } from "../../provider/deepseek/retry.ts";
import type { VerdictKind } from "../../provider/deepseek/verdict.ts";

/** A base URL to probe, with its own key. */
interface Subject {
  readonly key: string;
  readonly baseUrl: string;
}

/** The outcome of a probe. */
export interface Asked extends Subject {
  readonly kind: VerdictKind | "crash";
  /** Everything about it that is shown, stored or written. */
  readonly shown: unknown;
  readonly milliseconds: number;
}

/** Probes subjects, with a deadline for each attempt. */
export type Ask = (subjects: readonly Subject[], timeoutMs: number) => Promise<readonly Asked[]>;

/** Skips the wait before the confirmation of a rejected key, so that a genuine double 401 is tested too. */
export const impatientClock: Clock = { now: Date.now, sleep: async () => {} };

/** Probes as the provider does: with undici, and with all outputs, messages and audit records. */
export const askAsProvider: Ask = (subjects, timeoutMs) =>
  Promise.all(
    subjects.map(async ({ key, baseUrl }) => {
      const begun = performance.now();
      const records: CallRecord[] = [];
      const request = { apiKey: key, baseUrl, testCall: "always", timeoutMs, maxAttempts: 1 } as const;
      const asked = await probe(request, undiciHttp, (call) => records.push(call), impatientClock).catch(nameOf);
      const milliseconds = performance.now() - begun;
      if (typeof asked === "string") return { key, baseUrl, kind: "crash", shown: asked, milliseconds } as const;
      const { verdict, findings } = asked;
      const statusReason = verdict.kind === "valid" ? undefined : reasonOf(verdict);
      return { key, baseUrl, kind: verdict.kind, shown: { statusReason, verdict, findings, records }, milliseconds };
    }),
  );

function nameOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.name) : String(error);
}
