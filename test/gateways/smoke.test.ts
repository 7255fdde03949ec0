import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "../../provider/sandbox/server.ts";
import { startSandbox } from "../../provider/sandbox/server.ts";
import { keyFile } from "../cli/support/key-file.ts";
import { pulumiDeepseek } from "../cli/support/run.ts";
import { freshKey } from "../support/keys.ts";
import { findLeaks } from "../support/leaks.ts";
import type { Gateway } from "./gateway.ts";
import { startLiteLlm } from "./litellm.ts";
import { portkeyHeaders, startPortkey } from "./portkey.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

/** What `check` reports, with a key on its standard input, which nothing of it may contain. */
async function check(baseUrl: string, key: string, ...options: readonly string[]) {
  const parameters = ["check", "--json", "--attempts", "1", "--base-url", baseUrl, "--key-file", "-", ...options];
  const { code, stdout, stderr, all } = await pulumiDeepseek(parameters, { input: key });
  expect(findLeaks(key, [["check", all]])).toEqual([]);
  expect(stderr).toBe("");
  return { exit: code, ...JSON.parse(stdout) };
}

describe("LiteLLM without a database", () => {
  const master = freshKey();
  let litellm: Gateway;
  beforeAll(async () => {
    const upstream = freshKey();
    sandbox.use(upstream, "good");
    litellm = await startLiteLlm(sandbox.url, { master, upstream });
  });
  afterAll(() => litellm[Symbol.asyncDispose]());

  it("passes a test call on to DeepSeek with its master key: the verdict is 'valid'", async () => {
    expect(await check(litellm.url, master)).toMatchObject({ exit: 0, verdict: "valid", model: "deepseek-flash" });
  });

  it("cannot look up a wrong key: the verdict is not 'invalid', and the cause is in LiteLLM's words", async () => {
    const report = await check(litellm.url, freshKey());
    expect(report.verdict).toBeOneOf(["misconfigured", "indeterminate"]);
    expect(report.cause).toContain("No connected db.");
    // It has this path, as the row above shows.
    expect(report.nextStep).not.toContain("has no /models");
  });

  it("refuses an unknown model: the verdict is 'misconfigured', and the next step names the listed ones", async () => {
    expect(await check(litellm.url, master, "--model", "nope")).toMatchObject({
      exit: 5,
      verdict: "misconfigured",
      cause: expect.stringContaining("Invalid model name passed in model=nope"),
      nextStep: expect.stringMatching(/--model 'nope'.*deepseek-flash, deepseek-v4-pro/),
    });
  });

  it("reaches nothing but this machine, and is kept from any other", async () => {
    expect(litellm.refused()).toEqual([]);
    expect(await check(litellm.url, master, "--model", "elsewhere")).toMatchObject({ verdict: "indeterminate" });
    expect(new Set(litellm.refused())).toEqual(new Set(["api.deepseek.com"]));
  });
});

describe("Portkey's gateway", () => {
  let portkey: Gateway;
  beforeAll(async () => {
    portkey = await startPortkey();
  });
  afterAll(() => portkey[Symbol.asyncDispose]());

  describe.each(["deepseek", "openai"] as const)("with the provider '%s'", (provider) => {
    const checkThere = (key: string, ...options: readonly string[]) => {
      const lines = Object.entries(portkeyHeaders(provider, sandbox.url)).map((header) => header.join(": "));
      return check(portkey.url, key, "--header-file", keyFile(lines.join("\n")), ...options);
    };
    const good = () => {
      const key = freshKey();
      sandbox.use(key, "good");
      return key;
    };

    it("passes a test call on to DeepSeek with a good key: the verdict is 'valid'", async () => {
      expect(await checkThere(good())).toMatchObject({ exit: 0, verdict: "valid", model: "deepseek-flash" });
    });

    it("passes the rejection of a wrong key on: the verdict is 'invalid'", async () => {
      const report = await checkThere(freshKey());
      expect(report).toMatchObject({ exit: 3, verdict: "invalid", cause: expect.stringContaining("confirmed by") });
    });

    it("passes the refusal of an unknown model on: the verdict is 'misconfigured', in DeepSeek's words", async () => {
      expect(await checkThere(good(), "--model", "nope")).toMatchObject({
        exit: 5,
        verdict: "misconfigured",
        cause: expect.stringContaining("but you passed nope"),
        nextStep: expect.stringContaining("--model 'nope'"),
      });
    });
  });

  it("without its headers is 'misconfigured', and the cause is in Portkey's words", async () => {
    const report = await check(portkey.url, freshKey());
    expect(report).toMatchObject({
      exit: 5,
      verdict: "misconfigured",
      cause: expect.stringContaining("x-portkey-provider header is required"),
    });
    expect(report.nextStep).not.toContain("has no /models");
  });

  it("reaches nothing but this machine, and is kept from any other", async () => {
    expect(portkey.refused()).toEqual([]);
    const headers = ["--header-file", keyFile("x-portkey-provider: deepseek")];
    expect(await check(portkey.url, freshKey(), ...headers)).toMatchObject({ verdict: "indeterminate" });
    expect(new Set(portkey.refused())).toEqual(new Set(["api.deepseek.com"]));
  });
});
