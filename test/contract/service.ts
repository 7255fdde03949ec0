import {
  type RecordedRequest,
  type Sandbox,
  type SandboxOptions,
  startSandbox,
} from "../../provider/sandbox/server.ts";

/** A service that a connection can be to: a sandbox, and the way to it. */
export interface Service extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** The base URL of its connections. */
  readonly baseUrl: string;
  /** What was requested at that address since the last `clearRequests`. */
  readonly requests: readonly Pick<RecordedRequest, "method" | "path" | "headers">[];
  clearRequests(): void;
}

/** The sandbox itself, at its own address unless another one leads to it. */
export async function serveSandbox(options: SandboxOptions, baseUrl?: string): Promise<Service> {
  const sandbox = await startSandbox(options);
  return {
    sandbox,
    baseUrl: baseUrl ?? sandbox.url,
    get requests() {
      return sandbox.requests;
    },
    clearRequests: () => sandbox.clearRequests(),
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}
