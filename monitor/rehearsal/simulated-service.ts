import type { Http, HttpResponse } from "../../provider/deepseek/http.ts";
import { nodeHttp } from "../../provider/deepseek/http-node.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import type { Currency } from "../arguments.ts";

/** The base URL of the rehearsed connections. No request is sent there: all go to the sandbox on loopback. */
export const SERVICE_URL = "https://api.deepseek.com";

/** The service of a rehearsal: the sandbox. A failure of the whole service overrides the state of each key. */
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

  /** Sets how the service answers a key from now on, unless the whole service fails. */
  use(key: string, state: ScenarioName): void {
    this.#keys.set(key, state);
    this.#apply();
  }

  /**
   * Makes the whole service fail from now on. `unanswered` does not reach the sandbox: it is a timeout that occurs at once, since
   * a real one would take the probe's whole deadline.
   */
  fail(trouble: ScenarioName | "unanswered"): void {
    this.#trouble = trouble;
    this.#apply();
  }

  /** Ends the failure of the whole service: each key has its own state again. */
  recover(): void {
    this.#trouble = undefined;
    this.#apply();
  }

  /** Sets the balance of every account from now on. The sandbox is bypassed, since its balance is fixed. */
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
