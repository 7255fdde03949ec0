import { reasonOf } from "../../provider/core/messages.ts";
import type { CallRecord } from "../../provider/deepseek/exchange.ts";
import { undiciHttp } from "../../provider/deepseek/http-undici.ts";
import { probe } from "../../provider/deepseek/probe.ts";
import type { Clock } from "../../provider/deepseek/retry.ts";
import type { VerdictKind } from "../../provider/deepseek/verdict.ts";

/** A base URL that is asked with a key of its own. */
interface Subject {
  readonly key: string;
  readonly baseUrl: string;
}

/** What came of it. */
export interface Asked extends Subject {
  readonly kind: VerdictKind | "crash";
  /** Everything that is shown, stored or written of it. */
  readonly shown: unknown;
  readonly milliseconds: number;
}

/** Asks one after another or many at once, each within a deadline of an attempt. */
export type Ask = (subjects: readonly Subject[], timeoutMs: number) => Promise<readonly Asked[]>;

/** The wait before a rejected key is asked about again passes at once, so that a genuine double 401 is met too. */
export const impatientClock: Clock = { now: Date.now, sleep: async () => {} };

/** The provider's way: undici, and what becomes outputs, messages and the audit trail. */
export const askAsProvider: Ask = (subjects, timeoutMs) =>
  Promise.all(
    subjects.map(async ({ key, baseUrl }) => {
      const begun = performance.now();
      const records: CallRecord[] = [];
      const request = { apiKey: key, baseUrl, testCall: true, timeoutMs, maxAttempts: 1 };
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
