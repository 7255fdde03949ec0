import { randomUUID } from "node:crypto";

/** A fault on the way back from the server. Source: toxiproxy's README, 'Toxics'. */
export interface Toxic {
  readonly type: "latency" | "bandwidth" | "slow_close" | "timeout" | "reset_peer" | "slicer" | "limit_data";
  /** In milliseconds, kilobytes a second or bytes; a slicer's delay is in microseconds. */
  readonly attributes: Readonly<Record<string, number>>;
  /** The share of connections that meet it. Default 1. */
  readonly toxicity?: number;
}

/** One proxy of toxiproxy: a port of this machine before another one. */
export class ToxicProxy {
  readonly port: number;
  readonly #api: string;
  readonly #name: string;
  readonly #upstream: string;

  private constructor(api: string, name: string, upstream: string, port: number) {
    this.#api = api;
    this.#name = name;
    this.#upstream = upstream;
    this.port = port;
  }

  static async create(api: string, upstreamPort: number): Promise<ToxicProxy> {
    const name = randomUUID();
    const upstream = `127.0.0.1:${upstreamPort}`;
    const { listen } = await order(api, "POST", "/proxies", { name, upstream, listen: "127.0.0.1:0" });
    return new ToxicProxy(api, name, upstream, Number(String(listen).split(":").at(-1)));
  }

  /** Lets connections meet a toxic, those that are open included. */
  async add(toxic: Toxic): Promise<void> {
    await order(this.#api, "POST", `/proxies/${this.#name}/toxics`, { name: randomUUID(), ...toxic });
  }

  /** Takes all toxics away; what they have held back flows on. */
  async release(): Promise<void> {
    const toxics = await order(this.#api, "GET", `/proxies/${this.#name}/toxics`);
    for (const { name } of toxics as unknown as readonly { readonly name: string }[]) {
      await order(this.#api, "DELETE", `/proxies/${this.#name}/toxics/${name}`);
    }
  }

  /** Ends all connections and takes no more. */
  async takeDown(): Promise<void> {
    await order(this.#api, "PATCH", `/proxies/${this.#name}`, { enabled: false });
  }

  /** Ends all connections, and is there again without a toxic. */
  async renew(): Promise<void> {
    await this.remove();
    const { port } = this;
    await order(this.#api, "POST", "/proxies", {
      name: this.#name,
      upstream: this.#upstream,
      listen: `127.0.0.1:${port}`,
    });
  }

  /** Ends all connections. */
  async remove(): Promise<void> {
    await order(this.#api, "DELETE", `/proxies/${this.#name}`);
  }
}

async function order(api: string, method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(api + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`toxiproxy answered ${method} ${path} with HTTP ${response.status}: ${text}`);
  return text === "" ? {} : JSON.parse(text);
}
