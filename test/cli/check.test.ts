import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { parseInputs } from "../../provider/core/inputs.ts";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import type { ScenarioName } from "../../provider/sandbox/scenarios.ts";
import { startHosts } from "../support/deepseek-host.ts";
import { freshKey } from "../support/keys.ts";
import { listening } from "../unit/provider/deepseek/support/servers.ts";
import { pulumiDeepseek } from "./support/run.ts";
import { SandboxedCommand } from "./support/sandbox.ts";

const service = new SandboxedCommand();
/** A gateway that lists its models to anyone. */
const gateway = new SandboxedCommand({ publicModels: true });

const verdicts: readonly (readonly [ScenarioName, code: number, verdict: string, nextStep: string])[] = [
  ["good", 0, "✓ valid: HOST accepts this API key, and deepseek-flash answered the test call.", ""],
  [
    "wrong-key",
    3,
    "✗ invalid: HOST rejects this API key (HTTP 401, confirmed by a second call)",
    "Check that this key belongs to",
  ],
  [
    "unfunded",
    4,
    "! unfunded: HOST accepts this API key, but the account has insufficient balance",
    "Ask the service's operator",
  ],
  [
    "retired-model",
    5,
    "✗ misconfigured: HOST answered POST /chat/completions with HTTP 400",
    "Set --model to a model that this key can use: none was set, so 'deepseek-flash' was tried. The service lists",
  ],
  [
    "not-found",
    5,
    "✗ misconfigured: HOST answered GET /models with HTTP 404",
    "Check --base-url: this address has no /models. If its API is below /v1, set --base-url to",
  ],
  ["overloaded", 6, "? indeterminate: HOST answered GET /models with HTTP 503", "Try again later: the service"],
  [
    "reset",
    6,
    "? indeterminate: HOST closed the connection before its answer was complete",
    "Try again. If it fails again, check --base-url and the proxy. Nothing is known about the key",
  ],
];

describe("check reports", () => {
  it.each(verdicts)("the scenario '%s' with exit code %i, the cause and the next step", async (...row) => {
    const [scenario, code, verdict, nextStep] = row;
    const key = service.key(scenario);
    const result = await service.run("check", key, "--attempts", "1");
    expect(result).toMatchObject({ code, stderr: "" });
    const [first, second, ...rest] = result.stdout.split("\n");
    expect(first).toContain(verdict.replace("HOST", new URL(service.sandbox.url).host));
    expect(second).toContain(nextStep === "" ? "" : `Next step: ${nextStep}`);
    expect(rest.join("\n")).toContain(`fingerprint ${keyFingerprint(key)}, from --key-file`);
  });

  it("each call: path, status, milliseconds, attempt, tokens and trace id", async () => {
    const { stdout } = await service.run("check", service.key("overloaded-then-well"));
    expect(stdout).toMatch(/^ {2}GET \/models +HTTP 503 +\d+ ms +1 +[0-9a-f]{32}$/m);
    expect(stdout).toMatch(/^ {2}GET \/models +HTTP 200 +\d+ ms +2 +[0-9a-f]{32}$/m);
    expect(stdout).toMatch(/^ {2}GET \/user\/balance +HTTP 503 +\d+ ms +1 +[0-9a-f]{32}$/m);
    expect(stdout).toMatch(/^ {2}POST \/chat\/completions +HTTP 200 +\d+ ms +2 +10 +[0-9a-f]{32}$/m);
  });

  it("a fault instead of a status", async () => {
    const { stdout } = await service.run("check", service.key("reset"), "--attempts", "1");
    expect(stdout).toMatch(/^ {2}GET \/models +reset +\d+ ms +1$/m);
  });

  it("the model behind an alias, which is not listed", async () => {
    const { code, stdout } = await service.run("check", service.key("good"), "--model", "deepseek-v4-flash");
    expect(code).toBe(0);
    // A model that answers needs no hint.
    expect(stdout).not.toContain("Note: ");
    expect(stdout).toMatch(/^ {2}model +deepseek-v4-flash, served by deepseek-flash$/m);
  });
});

describe("check at a gateway that lists its models to anyone", () => {
  it("proves the key with the test call", async () => {
    expect(await gateway.run("check", gateway.key("gateway"))).toMatchObject({ code: 0 });
    expect(await gateway.run("check", gateway.key("wrong-key"))).toMatchObject({ code: 3 });
  });

  it("and without the test call reports that nothing proves the key, with exit code 7 and the reason", async () => {
    const { code, stdout } = await gateway.run("check", gateway.key("wrong-key"), "--test-call", "models");
    expect(code).toBe(7);
    expect(stdout).toMatch(
      /^\? unverified: 127\.0\.0\.1:\d+ did not refuse its list of models to a request without a key, so the list proves nothing about this API key\.\n/,
    );
    expect(stdout).toContain("\nNext step: Set --test-call to 'chat' to verify it");
    expect(stdout).toMatch(/^ {2}GET \/models \(without the key\) +HTTP 200 +\d+ ms +1 /m);
  });

  it("and without the test call marks the call without the key in --json", async () => {
    const { code, stdout } = await gateway.run("check", gateway.key("gateway"), "--test-call", "models", "--json");
    expect(code).toBe(7);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ verdict: "unverified", code: "key-unproven", testCall: "models" });
    expect(report.models).toHaveLength(2);
    const controls = report.calls.filter((call: { readonly withoutKey?: true }) => call.withoutKey);
    expect(controls).toEqual([expect.objectContaining({ method: "GET", path: "/models", status: 200 })]);
  });
});

describe("check without the test call", () => {
  it("does not verify a model that is not listed", async () => {
    const { code, stdout } = await service.run(
      "check",
      service.key("good"),
      "--model",
      "deepseek-v4-flash",
      "--test-call",
      "models",
    );
    expect(code).toBe(7);
    expect(stdout).toContain("does not list 'deepseek-v4-flash', so the list proves nothing about that model.");
    // The verdict already says so.
    expect(stdout).not.toContain("Note: ");
  });

  it("does not verify a service without a list, whose only model is the given one", async () => {
    const parameters = ["--model", "deepseek-flash", "--json"];
    const free = await service.run("check", service.key("no-list"), ...parameters, "--test-call", "models");
    expect(free.code).toBe(7);
    expect(JSON.parse(free.stdout)).toMatchObject({ code: "key-unproven-without-list" });
    const tested = await service.run("check", service.key("no-list"), ...parameters);
    expect(tested.code).toBe(0);
    expect(JSON.parse(tested.stdout)).toMatchObject({ verdict: "valid", models: [{ id: "deepseek-flash" }] });
  });
});

describe("check calls", () => {
  it("the same as create: models, balance and one chat of one token, with the given model", async () => {
    const key = service.key("good");
    expect(await service.run("check", key, "--model", "deepseek-v4-pro")).toMatchObject({ code: 0 });
    expect(service.askedPaths(key)).toEqual(["/chat/completions", "/models", "/user/balance"]);
    expect(service.asked(key).at(-1)?.body).toMatchObject({ model: "deepseek-v4-pro", max_tokens: 1 });
  });

  it("only the free calls with --test-call models, and says that no test call was made", async () => {
    const key = service.key("unfunded-chat");
    const { code, stdout } = await service.run("check", key, "--test-call", "models");
    expect(code).toBe(0);
    expect(stdout).toContain("accepts this API key. No test call was made.");
    expect(service.askedPaths(key)).toEqual(["/models", "/user/balance"]);
  });

  it("the first allowed model, in the order of the service's list", async () => {
    const key = service.key("good");
    const { stdout } = await service.run(
      "check",
      key,
      "--allowed-model",
      "deepseek-v4-pro",
      "--allowed-model",
      "other",
    );
    expect(stdout).toMatch(/^ {2}model +deepseek-v4-pro$/m);
    expect(stdout).toMatch(/^ {2}models +deepseek-v4-pro, other$/m);
  });

  it("up to --attempts times", async () => {
    const key = service.key("overloaded");
    await service.run("check", key, "--attempts", "2");
    expect(service.asked(key).filter(({ path }) => path === "/models")).toHaveLength(2);
  });

  it("for at most --timeout seconds", async () => {
    const { code, stdout } = await service.run("check", service.key("slow"), "--timeout", "1", "--attempts", "1");
    expect({ code, stdout }).toMatchObject({ code: 6, stdout: expect.stringContaining("did not answer in time") });
  });
});

describe("check --json prints one object", () => {
  const call = { method: "GET", path: "/models", attempt: 1, milliseconds: expect.any(Number) };

  it("with everything that is known about a good key, but no part of the key", async () => {
    const key = service.key("good");
    const { code, stdout, stderr } = await service.run("check", key, "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const traceId = expect.stringMatching(/^[0-9a-f]{32}$/);
    const report = JSON.parse(stdout);
    expect({ ...report, calls: report.calls.toSorted(byPath) }).toEqual({
      verdict: "valid",
      hints: [],
      keyFingerprint: keyFingerprint(key),
      keyFrom: "--key-file",
      baseUrl: service.sandbox.url,
      testCall: "chat",
      model: "deepseek-flash",
      servedModel: "deepseek-flash",
      models: [
        expect.objectContaining({ id: "deepseek-flash", contextWindow: 1_048_576 }),
        expect.objectContaining({ id: "deepseek-v4-pro", inputModalities: ["text"] }),
      ],
      balances: [{ currency: "CNY", amount: 110 }],
      calls: [
        { ...call, method: "POST", path: "/chat/completions", status: 200, tokens: 10, traceId },
        { ...call, status: 200, traceId },
        { ...call, path: "/user/balance", status: 200, traceId },
      ],
    });
  });

  it("with cause and next step for a failure, and the same exit code as without --json", async () => {
    const { code, stdout } = await service.run("check", service.key("reset"), "--json", "--attempts", "1");
    expect(code).toBe(6);
    const report = JSON.parse(stdout);
    expect(Object.keys(report)).toEqual(
      "verdict code cause nextStep hints keyFingerprint keyFrom baseUrl testCall calls".split(" "),
    );
    expect(report).toMatchObject({
      verdict: "indeterminate",
      code: "connection-reset",
      cause: expect.stringContaining("closed the connection"),
      nextStep: "Try again. If it fails again, check --base-url and the proxy. Nothing is known about the key.",
    });
    expect(report.calls).toContainEqual({ ...call, fault: "reset" });
  });
});

describe("a key from the environment", () => {
  describe("is checked at https://api.deepseek.com", () => {
    const check = async (key: string, ...options: readonly string[]) => {
      await using hosts = await startHosts({ "api.deepseek.com": service.sandbox.url });
      const env = { ...hosts.env, DEEPSEEK_API_KEY: key };
      const result = await pulumiDeepseek(["check", "--json", "--attempts", "1", ...options], { env });
      expect(new Set(hosts.tunnels)).toEqual(new Set(["api.deepseek.com:443"]));
      const calls = service.asked(key).map(({ method, path }) => `${method} ${path}`);
      return { ...result, calls: calls.toSorted() };
    };
    const freeCalls = ["GET /models", "GET /user/balance"];

    it("with the free calls only, each once, for --test-call models", async () => {
      const key = service.key("good");
      const { code, stdout, calls } = await check(key, "--test-call", "models");
      expect({ code, calls }).toEqual({ code: 0, calls: freeCalls });
      expect(JSON.parse(stdout)).toMatchObject({
        verdict: "valid",
        keyFrom: "DEEPSEEK_API_KEY",
        keyFingerprint: keyFingerprint(key),
        baseUrl: "https://api.deepseek.com",
      });
    });

    it("with one test call more by default", async () => {
      const { code, calls } = await check(service.key("good"));
      expect({ code, calls }).toEqual({ code: 0, calls: [...freeCalls, "POST /chat/completions"] });
    });

    it("and a rejected key leads to the page where a new one is created", async () => {
      const { code, stdout, calls } = await check(service.key("wrong-key"));
      // The rejection is confirmed once.
      expect({ code, calls }).toEqual({ code: 3, calls: ["GET /models", ...freeCalls] });
      expect(JSON.parse(stdout)).toMatchObject({
        verdict: "invalid",
        cause: expect.stringContaining(
          "api.deepseek.com rejects this API key (HTTP 401, confirmed by a second call): ",
        ),
        nextStep: expect.stringContaining("https://platform.deepseek.com/api_keys"),
      });
    });
  });

  it("is sent to DeepSeek, but not to the proxy", async () => {
    const seen: string[] = [];
    const proxy = createServer().on("connect", ({ url, headers }, socket) => {
      seen.push(`${url} ${JSON.stringify(headers)}`);
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    });
    const key = freshKey();
    const env = { DEEPSEEK_API_KEY: ` ${key}\n`, HTTPS_PROXY: `http://127.0.0.1:${await listening(proxy)}` };
    const { code, stdout } = await pulumiDeepseek(["check", "--attempts", "1", "--json"], { env });
    expect(code).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({
      keyFrom: "DEEPSEEK_API_KEY",
      keyFingerprint: keyFingerprint(key),
      baseUrl: "https://api.deepseek.com",
      cause: expect.stringContaining("could not be reached through the proxy"),
    });
    expect(seen.length).toBeGreaterThan(0);
    for (const line of seen) expect(line).toMatch(/^api\.deepseek\.com:443 /);
    expect(seen.join()).not.toContain(key);
  });

  it("is not sent to another host, which needs a key file", async () => {
    const env = { DEEPSEEK_API_KEY: service.key("good") };
    const before = service.sandbox.requests.length;
    const { code, stdout, stderr } = await pulumiDeepseek(["check", "--base-url", service.sandbox.url], { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("a key from the environment is sent only to https://api.deepseek.com");
    expect(stderr).toContain("--key-file <file>");
    expect(service.sandbox.requests).toHaveLength(before);
  });

  it("is not used if there is a key file", async () => {
    const key = service.key("good");
    const env = { DEEPSEEK_API_KEY: service.key("wrong-key") };
    const parameters = ["check", "--json", "--base-url", service.sandbox.url, "--key-file", "-"];
    const { stdout } = await pulumiDeepseek(parameters, { env, input: key });
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "valid", keyFingerprint: keyFingerprint(key) });
  });
});

it("a key of an unusual format that DeepSeek does not accept gets a hint", async () => {
  const env = { DEEPSEEK_API_KEY: "sk-0123", HTTPS_PROXY: "http://127.0.0.1:1" };
  const { stdout } = await pulumiDeepseek(["check", "--attempts", "1"], { env });
  expect(stdout).toContain("Note: the key does not look like a DeepSeek key ('sk-' followed by 32 hex digits)");
});

it("the defaults in --help are those of a connection", async () => {
  const parsed = parseInputs({ apiKey: freshKey(), displayName: "main" });
  if (parsed.type !== "settings") throw new Error("The test's own inputs are wrong.");
  const { timeoutSeconds, maxAttempts, testCall, baseUrl } = parsed.settings;
  const { stdout } = await pulumiDeepseek(["check", "--help"]);
  const help = stdout.replaceAll(/\s+/g, " ");
  for (const [option, value] of Object.entries({
    "--timeout": timeoutSeconds,
    "--attempts": maxAttempts,
    "--test-call": testCall,
    "--base-url": baseUrl,
  })) {
    expect(help).toMatch(new RegExp(`${option} <[^(]*(\\([^d][^(]*)?\\(default: ${value}\\)`));
  }
});

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : 1;
}
