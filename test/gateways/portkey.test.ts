import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { undiciHttp } from "../../provider/deepseek/http-undici.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import { lifecycleContract } from "../contract/contract.ts";
import { coreStack } from "../contract/core-stack.ts";
import type { Gateway } from "./gateway.ts";
import { portkeyHeaders, startPortkey } from "./portkey.ts";
import { serveGateway } from "./service.ts";

let sandbox: Sandbox;
let portkey: Gateway;
beforeAll(async () => {
  [sandbox, portkey] = await Promise.all([startSandbox(), startPortkey()]);
});
afterAll(async () => {
  await portkey[Symbol.asyncDispose]();
  await sandbox.close();
});

const omitted = {
  /** It has no balance call, so only the test call sees that the balance is insufficient. Its base URL has `/v1` already. */
  both: /^a key whose account has insufficient balance (?!.*only the test call)|^a change of 'baseUrl'|lists its models to anyone|^a default model that the service does not list|^a service without a list of models/,
  /** Moreover it turns every `finish_reason` that it does not know into `stop`, and drops `system_fingerprint`. */
  deepseek: /^a service whose test call fails|^a healthy connection/,
};

describe.each([
  ["openai", omitted.both],
  ["deepseek", new RegExp(`${omitted.both.source}|${omitted.deepseek.source}`)],
] as const)("Portkey's gateway with the provider '%s'", (provider, omits) => {
  lifecycleContract({
    serve: () => serveGateway(sandbox, portkey.url, portkeyHeaders(provider, sandbox.url)),
    start: async () => coreStack(undiciHttp),
    isConcurrent: true,
    omits,
  });

  it("reaches nothing but this machine", () => {
    expect(portkey.refused()).toEqual([]);
  });
});
