import { afterAll, describe, expect, test } from "vitest";
import { transportThrough } from "../../../provider/deepseek/http-undici.ts";
import { probe } from "../../../provider/deepseek/probe.ts";
import { startSandbox } from "../../../provider/sandbox/server.ts";
import { startHosts } from "../../support/deepseek-host.ts";
import { freshKey } from "../../support/keys.ts";

const deepSeek = await startSandbox({ defaultScenario: "good" });
const other = await startSandbox({ defaultScenario: "gateway" });
const hosts = await startHosts({ "api.deepseek.com": deepSeek.url, "api.siliconflow.cn": other.url });
afterAll(async () => {
  for (const server of [hosts, deepSeek, other]) await server.close();
});

const http = transportThrough(() => hosts.dispatcher);

const ask = (baseUrl: string) =>
  probe({ apiKey: freshKey(), baseUrl, testCall: "never", timeoutMs: 10_000, maxAttempts: 1 }, http, () => {});

describe("the tests' own hosts", () => {
  test("answer by https under several names, each from its own server", async () => {
    expect(await ask("https://api.deepseek.com")).toMatchObject({ verdict: { kind: "valid" } });
    expect(deepSeek.requests.map(({ path }) => path).toSorted()).toEqual(["/models", "/user/balance"]);
    expect(deepSeek.requests[0]?.headers.host).toBe("api.deepseek.com");
    expect(other.requests).toEqual([]);
    expect(await ask("https://api.siliconflow.cn/v1")).toMatchObject({ verdict: { kind: "valid" } });
    expect(other.requests.map(({ path }) => path).toSorted()).toEqual(["/user/balance", "/v1/models", "/v1/models"]);
  });

  test("refuse every other name, without a connection to it", async () => {
    expect(await ask("https://example.com")).toMatchObject({ verdict: { kind: "indeterminate" } });
    expect(hosts.tunnels).toContain("example.com:443");
    await expect(startHosts({ "api.deepseek.com": "https://api.deepseek.com" })).rejects.toThrow("on this machine");
  });

  test("pass a reset on as a reset", async () => {
    const apiKey = freshKey();
    deepSeek.use(apiKey, "reset");
    const request = {
      apiKey,
      baseUrl: "https://api.deepseek.com",
      testCall: "never",
      timeoutMs: 10_000,
      maxAttempts: 1,
    } as const;
    expect(await probe(request, http, () => {})).toMatchObject({ verdict: { code: "connection-reset" } });
  });
});
