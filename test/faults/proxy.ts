import { randomUUID } from "node:crypto";

/** A fault in the direction from the server. Source: toxiproxy's README, 'Toxics'. */
export interface Toxic {
  readonly type: "latency" | "bandwidth" | "slow_close" | "timeout" | "reset_peer" | "slicer" | "limit_data";
  /** In milliseconds, kilobytes a second or bytes; a slicer's delay is in microseconds. */
  readonly attributes: Readonly<Record<string, number>>;
  /** The share of connections that have the fault. @default 1 */
  readonly toxicity?: number;
}

/** A proxy of toxiproxy: a local port that forwards to another one. */
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

  /** Adds a toxic, also to open connections. */
  async add(toxic: Toxic): Promise<void> {
    await order(this.#api, "POST", `/proxies/${this.#name}/toxics`, { name: randomUUID(), ...toxic });
  }

  /** Removes all toxics. Delayed data is delivered. */
  async release(): Promise<void> {
    const toxics = await order(this.#api, "GET", `/proxies/${this.#name}/toxics`);
    for (const { name } of toxics as unknown as readonly { readonly name: string }[]) {
      await order(this.#api, "DELETE", `/proxies/${this.#name}/toxics/${name}`);
    }
  }

  /** Closes all connections and accepts no new ones. */
  async takeDown(): Promise<void> {
    await order(this.#api, "PATCH", `/proxies/${this.#name}`, { enabled: false });
  }

  /** Closes all connections, and listens again without a toxic. */
  async renew(): Promise<void> {
    await this.remove();
    const { port } = this;
    await order(this.#api, "POST", "/proxies", {
      name: this.#name,
      upstream: this.#upstream,
      listen: `127.0.0.1:${port}`,
    });
  }

  /** Closes all connections. */
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
