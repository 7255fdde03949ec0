import type { Http, HttpResponse } from "../../provider/deepseek/http.ts";
import { nodeHttp } from "../../provider/deepseek/http-node.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import type { Currency } from "../arguments.ts";

/** The base URL of the rehearsed connections. Nothing is sent there: every request goes to the sandbox on loopback. */
export const SERVICE_URL = "https://api.deepseek.com";

/** The service that a rehearsal's connections ask: the sandbox, whose trouble lies over the state of each key. */
export class SimulatedService {
  readonly #sandbox: Sandbox;
  readonly #currency: Currency;
  readonly #keys = new Map<string, ScenarioName>();
  #trouble: ScenarioName | "unanswered" | undefined;
  #balance: number | undefined;

  private constructor(sandbox: Sandbox, currency: Currency) {
    this.#sandbox = sandbox;
    this.#currency = currency;
  }

  /** @param currency the currency of all accounts */
  static async start(currency: Currency): Promise<SimulatedService> {
    return new SimulatedService(await startSandbox(), currency);
  }

  /** From now on a key meets this, unless the whole service has trouble. */
  use(key: string, state: ScenarioName): void {
    this.#keys.set(key, state);
    this.#apply();
  }

  /**
   * From now on every key meets this. `unanswered` is injected below the sandbox, as a time-out that comes at once: a real
   * one would take the probe's whole deadline.
   */
  fail(trouble: ScenarioName | "unanswered"): void {
    this.#trouble = trouble;
    this.#apply();
  }

  /** From now on every key meets its own state again. */
  recover(): void {
    this.#trouble = undefined;
    this.#apply();
  }

  /** From now on every account has this much. Injected too: the sandbox's balance is fixed. */
  hold(amount: number): void {
    this.#balance = amount;
  }

  readonly http: Http = async (request) => {
    if (this.#trouble === "unanswered") throw new DOMException("rehearsed", "TimeoutError");
    const { pathname } = new URL(request.url);
    if (this.#balance !== undefined && pathname === "/user/balance") return balanceReply(this.#balance, this.#currency);
    return nodeHttp({ ...request, url: `${this.#sandbox.url}${pathname}` });
  };

  close(): Promise<void> {
    return this.#sandbox.close();
  }

  #apply(): void {
    const trouble = this.#trouble === "unanswered" ? undefined : this.#trouble;
    for (const [key, state] of this.#keys) this.#sandbox.use(key, trouble ?? state);
  }
}

function balanceReply(amount: number, currency: Currency): HttpResponse {
  const body = { is_available: true, balance_infos: [{ currency, total_balance: amount.toFixed(2) }] };
  return { status: 200, header: () => undefined, body: oneChunk(JSON.stringify(body)) };
}

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
