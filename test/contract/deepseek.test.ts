import { describe, expect, test } from "vitest";
import { DEFAULT_BASE_URL } from "../../provider/deepseek/endpoint.ts";
import { transportThrough } from "../../provider/deepseek/http-undici.ts";
import type { SandboxOptions } from "../../provider/sandbox/server.ts";
import { type Hosts, startHosts } from "../support/deepseek-host.ts";
import { freshKey } from "../support/keys.ts";
import { lifecycleContract } from "./contract.ts";
import { coreStack } from "./core-stack.ts";
import { type Service, serveSandbox } from "./service.ts";

/** The sandbox at DeepSeek's own address. */
async function serveDeepSeek(options: SandboxOptions = {}): Promise<Service & { readonly hosts: Hosts }> {
  const service = await serveSandbox(options, DEFAULT_BASE_URL);
  const { hostname } = new URL(DEFAULT_BASE_URL);
  const hosts = await startHosts({ [hostname]: service.sandbox.url });
  return Object.assign(service, {
    hosts,
    async [Symbol.asyncDispose]() {
      // Its list needs a key, so nothing has to be found out without one.
      expect(service.requests.filter(({ headers }) => headers.authorization === undefined)).toEqual([]);
      await hosts.close();
      await service.sandbox.close();
    },
  });
}

describe("DeepSeek's own host, which needs no baseUrl,", () => {
  lifecycleContract({
    serve: serveDeepSeek,
    start: async ({ hosts }) => coreStack(transportThrough(() => hosts.dispatcher)),
    isConcurrent: true,
    omits: /lists its models to anyone|without a list of models/,
  });

  test("gets a key from the environment, with the same calls as for a key of the program", async () => {
    await using service = await serveDeepSeek();
    await using stack = coreStack(transportThrough(() => service.hosts.dispatcher));
    const [good, wrong] = [freshKey(), freshKey()];
    service.sandbox.use(good, "good");
    const from = (ambientKey: string) => ({ inputs: { displayName: "main", maxAttempts: 1 }, ambientKey });
    const requested = () => service.requests.map(({ method, path }) => `${method} ${path}`).toSorted();

    expect(await stack.preview(from(good))).toMatchObject({ passed: true, says: [] });
    expect(requested()).toEqual(["GET /models", "GET /user/balance"]);
    service.clearRequests();
    expect(await stack.up(from(good))).toMatchObject({ passed: true, says: [] });
    expect(requested().at(-1)).toBe("POST /chat/completions");
    expect(await stack.state()).toMatchObject({ apiKey: good, baseUrl: DEFAULT_BASE_URL, status: "valid" });
    const rejected = await stack.preview(from(wrong));
    expect(rejected).toMatchObject({ passed: false, says: ["error key-rejected", "warning api-key-from-environment"] });
    expect(rejected.text).toContain("api.deepseek.com rejects this API key");
    expect(rejected.text).toContain("https://platform.deepseek.com/api_keys");
    expect(new Set(service.hosts.tunnels)).toEqual(new Set(["api.deepseek.com:443"]));
  });
});
