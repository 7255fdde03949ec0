import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitCodes } from "../../cli/usage.ts";
import { keyFingerprint } from "../../provider/deepseek/redact.ts";
import { scenarioNames } from "../../provider/sandbox/scenarios.ts";
import { shapes } from "../support/keys.ts";
import { findLeaks } from "../support/leaks.ts";
import { type ScenarioServers, startScenarioServers } from "../support/scenario-servers.ts";
import { keyFile } from "./support/key-file.ts";
import { pulumiDeepseek } from "./support/run.ts";
import { SandboxedCommand } from "./support/sandbox.ts";

const service = new SandboxedCommand();

function check(file: string, input?: string) {
  const parameters = ["check", "--json", "--base-url", service.sandbox.url, "--key-file", file];
  return pulumiDeepseek(parameters, input === undefined ? {} : { input });
}

describe("a key is accepted", () => {
  it.each([
    ["as it is", (key: string) => key],
    ["with a final newline", (key: string) => `${key}\n`],
    ["with a final Windows newline", (key: string) => `${key}\r\n`],
    ["with a byte order mark", (key: string) => `\ufeff${key}\r\n`],
  ])("%s, from a file and from standard input", async (_, write) => {
    const key = service.key("good");
    for (const { code, stdout } of [await check(keyFile(write(key))), await check("-", write(key))]) {
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ keyFingerprint: keyFingerprint(key), keyFrom: "--key-file" });
    }
  });
});

describe("a key is refused, without a call and without being printed,", () => {
  const spoiled: readonly (readonly [string, (key: string) => string, string])[] = [
    ["when it is missing", () => "\n", "is empty. It must contain the key."],
    ["with its variable's name", (key) => `DEEPSEEK_API_KEY=${key}\n`, "contains an assignment such as 'KEY=value'"],
    ["exported", (key) => `export DEEPSEEK_API_KEY="${key}"\n`, "contains an assignment such as 'KEY=value'"],
    ["in quotes", (key) => `"${key}"\n`, "the key: contains a quotation mark. Provide only the key"],
    ["with 'Bearer'", (key) => `Bearer ${key}`, "the key: starts with 'Bearer '. Provide only the key"],
    ["together with a second one", (key) => `${key}\n${key}\n`, "the key: contains whitespace"],
    ["in a file that is too long", (key) => `${key}${"\n".repeat(5_000)}`, "is longer than 4096 characters"],
    [
      "in another character set",
      (key) => Buffer.from(key, "utf16le").toString("latin1"),
      "a character that is not allowed in a key",
    ],
  ];

  it.each(spoiled)("%s", async (_, write, sentence) => {
    const key = service.key("good");
    const before = service.sandbox.requests.length;
    for (const result of [await check(keyFile(write(key))), await check("-", write(key))]) {
      expect(result).toMatchObject({ code: 2, stdout: "" });
      expect(result.stderr).toContain(sentence);
      expect(findLeaks(key, [["stderr", result.stderr]])).toEqual([]);
    }
    expect(service.sandbox.requests).toHaveLength(before);
  });

  it.each([
    ["absent", "ENOENT"],
    ["", "EISDIR"],
  ])("from a file that cannot be read: '%s'", async (name, code) => {
    const sentence = `error: the file given with --key-file cannot be read (${code}). Pass a file that contains only the key. [key-file-unreadable]\n`;
    expect(await check(join(tmpdir(), name))).toMatchObject({ code: 2, stdout: "", stderr: sentence });
  });
});

describe("a key in an argument is refused, and no part of it is repeated:", () => {
  const places: readonly (readonly [string, (key: string) => readonly string[]])[] = [
    ["as a command", (key) => [key]],
    ["as check's argument", (key) => ["check", key]],
    ["as models' argument", (key) => ["models", key]],
    ["as a scenario", (key) => ["rehearse", key]],
    ["after --key", (key) => ["check", "--key", key]],
    ["after --api-key=", (key) => ["check", `--api-key=${key}`]],
    ["after --token", (key) => ["check", "--token", key]],
    ["after -k", (key) => ["check", "-k", key]],
    ["as the key file", (key) => ["check", "--key-file", key]],
    ["as the key file, after =", (key) => ["check", `--key-file=${key}`]],
    ["in quotation marks", (key) => ["check", `"${key}"`]],
    ["as the model", (key) => ["check", "--key-file", "-", "--model", key]],
    ["cut short", (key) => ["check", key.slice(0, 20)]],
  ];

  it.each(places)("%s", async (_, place) => {
    for (const key of [shapes.usual(), shapes.odd()]) {
      const { code, stdout, stderr } = await pulumiDeepseek(place(key), { input: key });
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(
        /^error: an API key must not be passed on the command line\. It is now in the shell's history/,
      );
      expect(stderr).toContain("https://platform.deepseek.com/api_keys");
      expect(findLeaks(key, [["stderr", stderr]])).toEqual([]);
    }
  });

  it("inside an address, if it is the environment's key or has DeepSeek's format", async () => {
    const gateway = "local-0f1e2d3c4b5a6978";
    for (const key of [shapes.usual(), gateway]) {
      const parameters = ["check", "--base-url", `https://gateway.example/${key}/v1`];
      const { code, stderr } = await pulumiDeepseek(parameters, { env: { DEEPSEEK_API_KEY: key } });
      expect(code).toBe(2);
      expect(stderr).toContain("an API key must not be passed on the command line");
      expect(findLeaks(key, [["stderr", stderr]])).toEqual([]);
    }
  });

  it.each([
    ["a command", (key: string) => [key]],
    ["an argument", (key: string) => ["check", key]],
    ["an option's value", (key: string) => ["check", `--secret=${key}`]],
    ["a short option's value", (key: string) => ["check", `-k${key}`]],
    ["a model, beside its key file", (key: string) => ["check", "--key-file", "-", "--model", key]],
  ])("a gateway's key, whose format cannot be recognized, as %s", async (_, place) => {
    const key = "Local.Gateway/0f1e2d3c4b5a6978";
    const { code, stdout, stderr } = await pulumiDeepseek(place(key), { input: key });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(findLeaks(key, [["stderr", stderr]])).toEqual([]);
  });

  it("an argument that may have been a key is reported to be in the history", async () => {
    const { stderr } = await pulumiDeepseek(["check", "local-gateway-key-1"]);
    expect(stderr).toContain("Expected 0 arguments but got 1: …");
    expect(stderr).toContain("If that was an API key:\nIt is now in the shell's history");
  });
});

describe("whatever a service answers, the key is in nothing that is printed:", () => {
  let servers: ScenarioServers;
  beforeAll(async () => {
    servers = await startScenarioServers();
  });
  afterAll(() => servers.close());

  const commands = [
    ["check", shapes.odd],
    ["check --json", shapes.usual],
    ["models", shapes.odd],
  ] as const;

  it.each([...scenarioNames, "echoing-chat"])("%s", async (scenario) => {
    const options = [
      "--base-url",
      servers.urls[scenario] ?? "",
      "--key-file",
      "-",
      "--timeout",
      "1",
      "--attempts",
      "1",
    ];
    const runs = commands.map(async ([command, newKey]) => {
      const key = newKey();
      const { code, all } = await pulumiDeepseek([...command.split(" "), ...options], { input: key });
      return { command, key, code, all };
    });
    for (const { command, key, code, all } of await Promise.all(runs)) {
      expect(code, all).toBeOneOf(Object.values(exitCodes));
      if (command !== "models") expect(all).toContain(keyFingerprint(key));
      expect(findLeaks(key, [[command, all]])).toEqual([]);
      // Only line breaks: no escapes from the service.
      expect(all).not.toMatch(/[^\n\P{C}]/u);
    }
  });
});
