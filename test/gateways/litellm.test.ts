import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { undiciHttp } from "../../provider/deepseek/http-undici.ts";
import { type Sandbox, startSandbox } from "../../provider/sandbox/server.ts";
import { lifecycleContract } from "../contract/contract.ts";
import { coreStack } from "../contract/core-stack.ts";
import type { Gateway } from "./gateway.ts";
import { startLiteLlm } from "./litellm.ts";
import { serveGateway } from "./service.ts";

let sandbox: Sandbox;
let litellm: Gateway;
beforeAll(async () => {
  sandbox = await startSandbox();
  litellm = await startLiteLlm(sandbox.url, "of the service");
});
afterAll(async () => {
  await litellm[Symbol.asyncDispose]();
  await sandbox.close();
});

/**
 * It lists its own models and has no balance call: of the free calls, only a rejected key fails. In the test call, it answers
 * 400 for DeepSeek's 402.
 */
const omits = new RegExp(
  [
    "^a key whose account has insufficient balance",
    "^a wrong address",
    "^a failing service",
    "^an unhealthy connection is verified again",
    "^a service that recovers",
    "lists its models to anyone",
    "^a default model that the service does not list",
    "^a service without a list of models",
  ].join("|"),
);

describe("LiteLLM's proxy with keys of its own keeping", () => {
  lifecycleContract({
    serve: () => serveGateway(sandbox, litellm.url),
    start: async () => coreStack(undiciHttp),
    isConcurrent: true,
    omits,
  });

  it("reaches nothing but this machine", () => {
    expect(litellm.refused()).toEqual([]);
  });
});
